#!/usr/bin/env python3
"""What is owed in random visits, by the executable model of pillar 12: the oracle of owed_oracle_test.go.

python3 owed.py MODEL-DIRECTORY FIRST COUNT prints one visit a line, as JSON: its steps, and after some of them what the
model says. It imports obligations.py as it is and changes two of its tables: everything of a visit lies in one stream
today, and the plan has six limits. Time is in whole hours; hour 0 is the beginning of a Monday in Beijing.
"""
import json, random, sys

sys.path.insert(0, sys.argv[1])
import obligations as m

LIMITS = {"record": (24, "h"), "copies": (3, "cd"), "leader-review": (3, "cd"), "closing": (15, "cd"), "approval": (3, "cd"),
          "filing": (7, "cd")}
m.FIRST, m.LIMITS = {"start"}, LIMITS
KINDS = ("record", "copies", "leader-review", "closing", "filing", "rectify", "approval")
V = "v"                                                     # the stream


class Visit:
    def __init__(self, seed):
        self.r, self.t, self.k = random.Random(seed), 10 * 24 + 9, 0
        self.s, self.steps, self.of = m.State(), [], {}     # of: order → finding
        self.start = self.record = self.closed = None
        self.findings, self.fixed, self.disposed, self.spare = [], set(), set(), {}

    def pick(self, xs): return xs[int(self.r.random() * len(xs))]
    def yes(self, p): return self.r.random() < p

    def occ(self):                                          # mostly earlier than now; now and then by a clock that runs ahead
        return self.t - self.pick([0, 0, 0, 1, 2, 10, 20, 30, 60, 100]) if self.yes(.95) else self.t + self.pick([1, 5, 30])

    def past(self): return min(self.occ(), self.t)          # the model does not apply its rule 1 to what waits

    def event(self, type, by, names=(), occ=None, **data):
        self.k += 1
        return m.Ev(type, f"{type}-{self.k}", V, by, self.occ() if occ is None else occ, tuple(names), data)

    def known(self, ob): return [ob.kind, ob.opener, self.of.get(ob.opener, ob.item)]

    def step(self, e, **told):
        """One append, what it made late, and what it made not late any more."""
        says, self.s = m.judge(self.s, self.t, [e])
        keys = [(x.type, x.data["key"].split("|")) for x in says]
        late = [[k[1], k[3], self.of.get(k[3], k[4])] for t, k in keys if t == "say" and k[0] == "late"]
        met = [[k[1], k[3], self.of.get(k[3], k[4])] for t, k in keys if t == "lapse" and k[0] == "late"]
        told["lapsed"] = sorted([k[1], k[3], self.of.get(k[3], k[4])] for t, k in keys if t == "lapse" and k[0] == "passed")
        self.steps.append({"do": e.type, "id": e.id, "by": e.by, "occ": e.occ, "rec": self.t, "late": sorted(late), "met": sorted(met), **told})

    def sweep(self):
        """What is overdue is escalated, and what was and should not have been lapses."""
        obs = m.true_of(self.s)[1]
        says, self.s = m.judge(self.s, self.t, [], [o for o, ob in obs.items() if m.may_escalate(self.s, o, ob, self.t)])
        keys = [(x.type, x.data["key"].split("|")) for x in says]
        told = {n: sorted([k[1], k[3], self.of.get(k[3], k[4])] for t, k in keys if t == w and k[0] == "passed")
                for n, w in (("passed", "passed"), ("lapsed", "lapse"))}
        self.steps.append({"do": "sweep", "id": f"sweep-{len(self.steps)}", "by": "", "occ": self.t, "rec": self.t, **told})

    def look(self):                                         # all that is owed, after the last step
        obs = m.true_of(self.s)[1].values()
        self.steps[-1]["owed"] = sorted(self.known(o) + [o.due, o.state] for o in obs if o.kind in KINDS)

    def add(self, type, by, names=(), occ=None, told=None, **data):
        e = self.event(type, by, names, occ, **data)
        self.step(e, **(told or {}))
        return e

    def plan(self):
        limits = {"record": (self.pick([1, 12, 24, 48]), "h"), "copies": (self.pick([1, 2, 3, 6]), "cd")}
        if self.yes(.8): limits["leader-review"] = (self.pick([1, 3, 5]), "cd")
        if self.yes(.8): limits["closing"] = (self.pick([2, 7, 15]), "cd")
        if self.yes(.8): limits["approval"] = (self.pick([1, 3, 5]), "cd")
        if self.yes(.8): limits["filing"] = (self.pick([1, 3, 7]), "cd")
        since = self.t - self.pick([0, 5, 50, 200])
        e = m.Ev("plan", f"plan-{len(self.s.plans)}", "table", "O", since, (), {"from": since, "limits": limits})
        self.s = m.after(self.s, self.t, [e])
        self.steps.append({"do": "plan", "id": e.id, "by": "O", "occ": since, "rec": self.t, "limits": {k: n for k, (n, _) in limits.items()}})

    def close(self):
        """The closing is tried: the model's gate, and beside it that each finding has its disposition."""
        obs = m.true_of(self.s)[1]
        held = [self.known(obs[o]) for o in m.holding(obs, V)] + [["disposition", f, ""] for f in self.findings if f not in self.disposed]
        e = self.event("close", "L", [self.record or self.start])
        if held: self.steps.append({"do": "close", "id": e.id, "by": "L", "occ": e.occ, "rec": self.t, "held": sorted(held)})
        else:
            self.step(e, held=[])
            self.closed = e.occ

    def correct(self):
        f = self.s.facts[self.pick(self.findings)]
        body = {**f.data, "text": f.data["text"] + "b"} if self.yes(.4) else {**f.data, "punishable": not f.data["punishable"]}
        occ = f.occ if self.yes(.8) else f.occ - 1
        e = self.event("correct", "I1", (), occ, fact=f.ev.id, replaces=f.version, body=body)
        self.step(e, finding=f.ev.id, text=body["text"], punishable=body["punishable"])
        self.steps[-1]["at_once"] = e.id not in self.s.pend

    def answer(self, which=None):
        p = self.s.pend[which or self.pick(sorted(self.s.pend))]
        e = self.event("approve" if self.yes(.7) else "refuse", self.pick(["V", "O"]), [p.id])
        self.step(e, of=p.id)
        if e.type == "approve" and p.id in self.spare: self.disposed.add(self.spare[p.id])

    def anything(self):
        """One step that may come at this point of a visit."""
        roll, open_ = self.r.random(), self.closed is None
        unfixed = [f for f in self.findings if f not in self.fixed]
        if self.yes(.05): self.plan()
        if roll < .14 and open_:
            if len(self.findings) < 4:
                e = self.add("finding", self.pick(["I1", "I2"]), [self.start], self.t - self.pick([0, 0, 2, 30]), punishable=(p := self.yes(.5)), text="a", told={"punishable": p})
                self.findings.append(e.id)
        elif roll < .28 and open_ and not self.record: self.record = self.add("record", "I1", [self.start]).id
        elif roll < .48 and self.record:
            i = self.pick(m.RECIPIENTS)
            self.add("copy", self.pick(["I1", "I2"]), [self.record], item=i, told={"item": i})
        elif roll < .56 and self.record and open_: self.add("leader-reviewed", "L", [self.record])
        elif roll < .66 and open_: self.close()
        elif roll < .72 and unfixed:
            f, day = self.pick(unfixed), self.t // 24 + self.pick([0, 1, 3, 7])
            self.k += 1
            self.of[f"order-{self.k}"] = f
            self.k -= 1
            self.add("order", "I1", [f], date=day, major=False, told={"finding": f, "date": day})
            self.disposed.add(f)
        elif roll < .79 and self.findings:
            f, occ = self.pick(self.findings), self.occ()
            if open_ or occ <= self.closed:
                self.add("verified", "I1", [f] + [o for o, g in self.of.items() if g == f], occ, told={"finding": f})
                self.fixed.add(f); self.disposed.add(f)
        elif roll < .84 and self.findings:
            f = self.pick(self.findings)
            self.add("case", "I1", [f], told={"finding": f})
            self.disposed.add(f)
        elif roll < .87 and self.findings:
            f = self.pick(self.findings)
            self.spare[self.add("no-penalty", "I1", [f], self.past(), told={"finding": f}).id] = f
        elif roll < .91 and self.of:
            o, day = self.pick(sorted(self.of)), self.t // 24 + self.pick([-2, 1, 3, 7, 14])
            self.add("extend", "I1", [o], self.past(), date=day, told={"of": o, "date": day})
        elif roll < .96 and self.findings: self.correct()
        elif self.s.pend: self.answer()

    def bring_to_its_end(self):
        """What holds up the closing is met, some of it now and then not; then the closing is tried."""
        if not self.record: self.record = self.add("record", "I1", [self.start]).id
        for f in self.findings:
            if f not in self.disposed:
                self.add("case", "I1", [f], told={"finding": f})
                self.disposed.add(f)
        obs = m.true_of(self.s)[1]
        for kind, _, opener, item in m.holding(obs, V):
            if self.yes(.04): continue
            if self.yes(.3): self.t += self.pick([1, 12, 24, 72])
            if kind == "copies": self.add("copy", "I1", [opener], item=item, told={"item": item})
            if kind == "leader-review": self.add("leader-reviewed", "L", [opener])
            if kind == "filing": self.add("case", "I1", [opener], told={"finding": opener})
            if kind == "approval" and opener in self.s.pend: self.answer(opener)
        self.close()

    def run(self):
        while self.yes(.4): self.plan()
        self.start = self.add("start", "I1", subject="p").id
        n = 8 + int(self.r.random() * 22)
        for i in range(n):
            self.t += self.pick([0, 0, 0, 1, 3, 3, 12, 24, 48])
            self.anything()
            if self.yes(.2): self.sweep()
            if i == n // 2: self.look()
            if i == n * 2 // 3 and self.closed is None and self.yes(.7): self.bring_to_its_end()
        self.look()
        self.t += self.pick([1, 24, 100, 300])
        self.sweep()
        self.look()
        return self.steps


def dues(r):
    """Limits of all units, from any hour, under calendars: of those known the one that gives the latest end counts."""
    for _ in range(2):
        pick = lambda xs: xs[int(r.random() * len(xs))]
        start, limit = int(r.random() * 800), (1 + int(r.random() * 12), pick(["h", "cd", "wd"]))
        cals = [{int(r.random() * 50): pick(["off", "work"]) for _ in range(int(r.random() * 12))} for _ in range(pick([1, 1, 2, 3]))]
        yield [start, *limit, [sorted([d, x == "off"] for d, x in c.items()) for c in cals], max(m.limit_end(start, limit, c) for c in cals)]


for seed in range(int(sys.argv[2]), int(sys.argv[2]) + int(sys.argv[3])):
    v = Visit(seed)
    print(json.dumps({"steps": v.run(), "dues": list(dues(v.r))}, separators=(",", ":")))
