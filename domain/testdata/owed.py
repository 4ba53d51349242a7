#!/usr/bin/env python3
"""What is owed in random visits, by the executable model of pillar 12: the oracle of owed_oracle_test.go.

python3 owed.py MODEL-DIRECTORY FIRST COUNT prints one visit a line, as JSON: its steps, and after some of them what the
model says. It imports obligations.py as it is and changes two of its tables: everything of a visit lies in one stream
today, and the plan has six limits. In one place the model does not do what it says: its rule 1 (a time of occurrence later than
the recorded time counts as the recorded time) is not applied to what waits for a yes; `after` below does that. In another it lets
through what its rule 7 excludes: while a stream is withdrawn, a fact on which others rest is withdrawn, and they count again with
the stream; that is not tried, nor are answers in a stream that is withdrawn, but to corrections. Nor is a fact restored that names
one which is withdrawn: the model takes it, and then what counts rests on what does not, which its rule 7 means to exclude.
Time is in whole hours; hour 0 is the beginning of a Monday in Beijing.
"""
import json, random, sys

sys.path.insert(0, sys.argv[1])
import obligations as m

LIMITS = {"record": (24, "h"), "copies": (3, "cd"), "leader-review": (3, "cd"), "closing": (15, "cd"), "approval": (3, "cd"),
          "filing": (7, "cd")}
m.FIRST, m.LIMITS = {"start"}, LIMITS
KINDS = ("record", "copies", "leader-review", "closing", "filing", "rectify", "approval")
V = "v"                                                     # the stream
ONCE = ("record", "close")                                  # of which a visit has one that counts
ASIDE = ("order", "case", "no-penalty")                     # facts of streams of their own, where no record is signed: each correction waits


def after(s, rec, events, check=True, model=m.after):
    s = model(s, rec, events, check)
    s.pend = {k: p._replace(occ=min(p.occ, rec)) for k, p in s.pend.items()}
    return s


m.after = after


def true_of(s, model=m.true_of, last=[None, None, None]):
    """What is true of a state is asked again and again; the last answer is kept. A state changes with its position, or says more."""
    at = (s.pos, s.rec, len(s.said))
    if last[0] is not s or last[1] != at: last[:] = s, at, model(s)
    return last[2]


m.true_of = true_of


class Visit:
    def __init__(self, seed):
        self.r, self.t, self.k = random.Random(seed), 10 * 24 + 9, 0
        self.s, self.steps, self.of = m.State(), [], {}     # of: order → finding
        self.start, self.stated = None, {}                  # stated: what counts, or may → the time as it was stated

    def pick(self, xs): return xs[int(self.r.random() * len(xs))]
    def yes(self, p): return self.r.random() < p

    # what counts now
    def all(self, *types): return [f for f in self.s.facts.values() if f.ev.type in types and m.counts(self.s, f)]
    def gone(self): return self.s.facts[self.start].data is None
    def findings(self): return [f.ev.id for f in self.all("finding")]
    def settled(self, *types): return {n for f in self.all(*types) for n in f.ev.names}
    def undisposed(self): return [f for f in self.findings() if f not in self.settled("order", "verified", "case", "no-penalty")]

    def reopened(self):                                     # the closing stands, and the gate would not open now
        obs, close = m.true_of(self.s)[1], self.one("close")
        held = bool(close and m.holding(obs, V))
        assert held == any(k.startswith("closed-open|") for k in self.s.said)
        return held or bool(close and self.undisposed())

    def one(self, type):                                    # the fact of a type that counts, of which there is one at most
        return (self.all(type) or [None])[0]

    def record(self): return self.one("record").ev.id if self.one("record") else None

    def occ(self):                                          # mostly earlier than now; now and then by a clock that runs ahead
        return self.t - self.pick([0, 0, 0, 1, 2, 10, 20, 30, 60, 100]) if self.yes(.95) else self.t + self.pick([1, 5, 30])

    def event(self, type, by, names=(), occ=None, **data):
        self.k += 1
        return m.Ev(type, f"{type}-{self.k}", V, by, self.occ() if occ is None else occ, tuple(names), data)

    def known(self, ob): return [ob.kind, ob.opener, self.of.get(ob.opener, ob.item)]
    def key(self, k): return [k[1], k[3], self.of.get(k[3], k[4])]

    def step(self, e, **told):
        """One append, what it made late, and what it made not late any more; or that it is refused."""
        told = {"do": e.type, "id": e.id, "by": e.by, "occ": e.occ, "rec": self.t, **told}
        self.stated[e.id] = told["occ"]
        try: says, self.s = m.judge(self.s, self.t, [e])
        except m.Refused as why:
            self.steps.append({**told, "refused": str(why)})
            return False
        keys = [(x.type, x.data["key"].split("|")) for x in says]
        if self.reopened(): told["reopened"] = True
        self.steps.append({**told, "late": sorted(self.key(k) for t, k in keys if t == "say" and k[0] == "late"),
                           "met": sorted(self.key(k) for t, k in keys if t == "lapse" and k[0] == "late"),
                           "lapsed": sorted(self.key(k) for t, k in keys if t == "lapse" and k[0] == "passed")})
        return True

    def sweep(self):
        """What is overdue is escalated, and what was and should not have been lapses."""
        obs = m.true_of(self.s)[1]
        says, self.s = m.judge(self.s, self.t, [], [o for o, ob in obs.items() if m.may_escalate(self.s, o, ob, self.t)])
        keys = [(x.type, x.data["key"].split("|")) for x in says]
        told = {n: sorted(self.key(k) for t, k in keys if t == w and k[0] == "passed")
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
        held = [self.known(obs[o]) for o in m.holding(obs, V)] + [["disposition", f, ""] for f in self.undisposed()]
        e = self.event("close", "L", [self.record() or self.start])
        if held: self.steps.append({"do": "close", "id": e.id, "by": "L", "occ": e.occ, "rec": self.t, "held": sorted(held)})
        else: self.step(e, held=[])

    # ---- corrections
    def possible(self, e):
        """Whether a version may be tried here: what the model knows of no visit, and the program asks of one, is left out."""
        f = self.s.facts[e.data["fact"]]
        after = [g for g in self.s.facts.values() if g.pos > f.pos and g.data is not None]
        closed = self.one("close")
        if e.type == "withdraw" and self.gone() and f.ev.id != self.start and any(f.ev.id in g.ev.names for g in after): return False
        if e.type == "withdraw":                            # the model's fixes name the orders that they meet, and closings the record
            return not (f.ev.type == "order" and f.ev.id in self.settled("verified") or f.ev.type == "record" and closed)
        if e.type == "correct" and f.data is None and any(self.s.facts[n].data is None for n in f.ev.names if n in self.s.facts): return False
        if f.ev.type in ASIDE and f.data is not None and e.occ == f.occ: return False
        if f.ev.type in ONCE and (self.one(f.ev.type) or f) is not f: return False             # there is another
        if f.ev.type == "close":                            # nothing is done at a visit after its closing
            if f.data is None and any(g.ev.type in ("finding", "record", "verified", "leader-reviewed") for g in after): return False
            return all(g.occ <= e.occ for g in after if g.ev.type == "verified")
        if f.ev.type == "verified":
            if closed and closed.pos < f.pos and e.occ > closed.occ: return False
            return f.data is not None or not any(self.of[g.ev.id] in f.ev.names and g.ev.id not in f.ev.names for g in self.all("order"))
        return True

    def correct(self):
        """Any fact is corrected, withdrawn or restored."""
        facts = [f for f in self.s.facts.values() if f.ok and f.ev.type != "extend" and (f.ev.id != self.start or self.yes(.1) or f.data is None)]
        if not facts: return
        f = self.pick(facts)
        if self.yes(.5): f = self.pick([g for g in facts if g.data is None or g.ev.type == "finding"] or [f])
        by, told = self.pick(["I1", "I1", "L"]), {"of": f.ev.id}
        body, occ = f.data or f.ev.data, f.occ + self.pick([0, 0, 0, -1, -20, 3, 30])
        if f.data is not None and self.yes(.4): e = self.event("withdraw", by, (), self.t, fact=f.ev.id, replaces=f.version)
        else:
            if f.ev.type == "finding":
                roll = self.r.random()
                if roll < .3: body = {**body, "text": body["text"] + "b"}
                elif roll < .8: body = {**body, "punishable": not body["punishable"]}
                told |= {"text": body["text"], "punishable": body["punishable"]}
            e = self.event("correct", by, (), occ, fact=f.ev.id, replaces=f.version, body=body)
            if occ == f.occ: told["occ"] = self.stated[f.ev.id]        # whose clock ran ahead
            elif occ == self.stated[f.ev.id]: return
        if not self.possible(e): return
        if not self.step(e, **told): return
        self.steps[-1]["at_once"] = e.id not in self.s.pend
        if e.id not in self.s.pend and e.type == "correct": self.stated[f.ev.id] = self.stated[e.id]

    def answer(self, which=None):
        p = self.s.pend[which or self.pick(sorted(self.s.pend))]
        if self.gone() and p.type in m.NEEDS_YES: return    # nothing but corrections is answered then
        may = p.type not in ("correct", "withdraw") or self.possible(p)
        e = self.event("approve" if self.yes(.7) and may else "refuse", self.pick(["V", "O"]), [p.id])
        if self.step(e, of=p.id) and e.type == "approve" and p.type == "correct": self.stated[p.data["fact"]] = self.stated[p.id]

    def anything(self):
        """One step that may come at this point of a visit."""
        roll, closed, record, findings = self.r.random(), self.one("close"), self.record(), self.findings()
        open_, ever = closed is None, {f.ev.type for f in self.s.facts.values()}
        unfixed = [f for f in findings if f not in self.settled("verified")]
        if self.yes(.05): self.plan()
        if self.gone():                                     # what comes now is refused; it is restored, mostly
            if roll < .3: self.add("finding", "I1", [self.start], self.t, punishable=True, text="a", told={"punishable": True})
            elif self.s.pend: self.answer()
            else: self.correct()
        elif roll < .13 and open_:
            if len(findings) < 4:
                self.add("finding", self.pick(["I1", "I2"]), [self.start], self.t - self.pick([0, 0, 2, 30]), punishable=(p := self.yes(.5)), text="a", told={"punishable": p})
        elif roll < .26 and open_ and not record and ("record" not in ever or self.yes(.3)): self.add("record", "I1", [self.start])
        elif roll < .44 and record:
            i = self.pick(m.RECIPIENTS)
            self.add("copy", self.pick(["I1", "I2"]), [record], item=i, told={"item": i})
        elif roll < .51 and record and open_: self.add("leader-reviewed", "L", [record])
        elif roll < .60 and open_: self.close()
        elif roll < .66 and unfixed:
            f, day = self.pick(unfixed), self.t // 24 + self.pick([0, 1, 3, 7])
            self.of[f"order-{self.k + 1}"] = f
            self.add("order", "I1", [f], date=day, major=False, told={"finding": f, "date": day})
        elif roll < .73 and findings:
            f, occ = self.pick(findings), self.occ()
            if open_ or occ <= closed.occ:
                orders = [o.ev.id for o in self.s.facts.values() if o.ev.type == "order" and f in o.ev.names]   # also one that is restored
                self.add("verified", "I1", [f] + orders, occ, told={"finding": f})
        elif roll < .78 and findings:
            f = self.pick(findings)
            self.add("case", "I1", [f], told={"finding": f})
        elif roll < .81 and findings:
            f = self.pick(findings)
            self.add("no-penalty", "I1", [f], told={"finding": f})
        elif roll < .85 and self.all("order"):
            o, day = self.pick(self.all("order")).ev.id, self.t // 24 + self.pick([-2, 1, 3, 7, 14])
            self.add("extend", "I1", [o], date=day, told={"of": o, "date": day})
        elif roll < .93: self.correct()
        elif self.s.pend: self.answer()

    def bring_to_its_end(self):
        """What holds up the closing is met, some of it now and then not; then the closing is tried."""
        if not self.record(): self.add("record", "I1", [self.start])
        for f in self.undisposed(): self.add("case", "I1", [f], told={"finding": f})
        obs = m.true_of(self.s)[1]
        for kind, _, opener, item in m.holding(obs, V):
            if self.yes(.04) or opener in self.s.facts and not m.counts(self.s, self.s.facts[opener]): continue
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
            if i == n * 2 // 3 and not self.one("close") and not self.gone() and self.yes(.7): self.bring_to_its_end()
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
