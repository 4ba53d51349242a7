#!/usr/bin/env python3
"""Who sees what in small random ledgers, by the executable model of pillar 14: the oracle of trace_test.go.

python3 seen.py MODEL-DIRECTORY FIRST COUNT prints one ledger a line, as JSON: its commands with the model's answers, and at two points
what each reader reads, in his order, the figures, and the visits whose record is owed as he may know it. One unit of time is one
hour. It imports visibility.py as it is, and changes what is owed to the one duty that both have: the record, five hours after the start.

Where the model knows more of a visit than the program asks of one, nothing is tried: a visit starts before it arrives, and what was
attempted is over. A closing waits for much in the program: none is tried. Three rules of the other model, which this one
does not have, are kept out of the way: imports entail nothing (they are of a subject of their own), what compares a visit lapses with it
(none is withdrawn that is compared), and a start is flagged for other reasons than the hour. Nor are subjects moved between sectors,
and no finding is put right by another visit, which the program does not know.
"""
import json, random, sys

sys.path.insert(0, sys.argv[1])
import visibility as m


def owe(self, e):
    v, k = (e.names or [None])[0], e.kind
    if k == "start": self.owed["record/" + e.id] = (e.t + 5, v)
    if k in ("close", "attempt", "withdraw"): self.drop("record/", v)
    if k == "deadline": self.late.add(e.data["duty"])


m.State.owe = owe
SECTOR = {"s1": "XY", "s2": "X", "s3": "Y"}


class Play:
    def __init__(self, seed):
        self.r, self.L, self.t, self.steps = random.Random(seed), m.Ledger(), 0, []
        self.of, self.life, self.found, self.cases = {}, {}, {}, 0               # visit → (subject, sector), what was done last, findings

    def pick(self, xs): return xs[int(self.r.random() * len(xs))]

    def do(self, who, kind, *args, **told):
        n = len(self.L.entries)
        answer = self.L.do((self.t, who, kind, args))
        ok = answer[0] == "ok"
        told |= {"t": self.t, "who": who, "do": kind, "answer": "ok" if ok else " ".join(map(str, answer))}
        if ok: told["new"] = [e.id for e in self.L.entries[n:]]
        self.steps.append(told)
        return ok

    def visit(self, v, kind):
        w, (s, x) = v.split("/")[0], self.of[v]
        if kind == "reserve":
            rival = [u for u in self.life if self.of[u] == (s, x) and u in self.L.disclosed]   # which the program refuses, too
            if not rival and self.do(w, kind, v, s, x, v=v, s=s, x=x): self.life[v] = kind
        elif kind == "import":
            if self.do(w, kind, v, s, x, v=v, s=s, x=x): self.life[v] = kind
        elif kind == "start":
            if self.t % 3 and self.do(w, kind, v, v=v, s=s, x=x): self.life[v], self.began = kind, {**getattr(self, "began", {}), v: self.t}
        elif kind in ("arrive", "attempt"):
            occ = self.began[v]                             # both compare visits by when they began
            if self.do(w, kind, v, occ, v=v, occ=occ): self.life[v] = kind
        elif kind == "giveback":
            if self.do(w, kind, v, v=v): self.life[v] = kind
        elif kind == "finding":
            f = self.pick("12")
            if self.do(w, kind, v, f, v=v, f=f): self.found.setdefault(v, set()).add(f)
        elif kind == "fix" and self.found.get(v):
            f = self.pick(sorted(self.found[v])); self.do(w, kind, v, f, v, v=v, f=f)
        elif kind == "penalty" and self.found.get(v):
            self.cases += 1
            case, fine, f = f"{w}/c{self.cases}", 1 + int(self.r.random() * 9), self.pick(sorted(self.found[v]))
            self.do(w, kind, v, case, [v], fine, v=v, case=case, fine=fine, f=f)
        elif kind == "withdraw" and not any(v in e.names for e in self.L.entries if e.kind in ("flag", "review")):
            if self.do(w, kind, v, v=v): self.life[v] = kind

    def anything(self):
        self.t += self.pick([1, 1, 2]); p = self.r.random()
        v = self.pick(sorted(self.of)); life = self.life.get(v)
        road = {None: ["reserve"], "reserve": ["start"] * 5 + ["giveback"], "start": ["arrive"] * 4 + ["finding"] * 3 + ["attempt", "fix", "penalty"],
                "arrive": ["finding", "finding", "fix", "penalty", "penalty", "withdraw"], "import": ["finding"]}
        if v.startswith("import"): road |= {None: ["import"]}
        if p < .70 and life in (None, *road):
            kind = self.pick(road[life])
            if kind != "attempt" or not self.found.get(v): self.visit(v, kind)
        elif p < .78: self.accident()
        elif p < .82:
            u, to = self.pick(["dX", "dY", "dC"]), self.pick(["X", "Y", "XY", ""])
            self.do("office", "table", u, to, unit=u, to=sorted(to))
        elif p < .86: s = self.pick(["s1", "s2", "s3"]); self.do("office", "status", s, s=s)
        elif p < .94: self.do("ledger", "sweep")
        elif life:                                          # another team writes to a visit that is, or is not, known to it
            other = "T2" if v.startswith("T1") else "T1"
            if not v.startswith("import"): self.do(other, "finding", v, "9", v=v, f="9")
        else: self.do(self.pick(["T1", "T2"]), "finding", v, "9", v=v, f="9")

    def accident(self):
        s = self.pick(["s1", "s1", "s2", "s3"]); occ = self.t - 1 - int(self.r.random() * 6)
        if not any(self.of[v][0] == s for v in self.of if v.startswith("import")):
            w = "cB" if m.SUBJECTS[s][0] == "B" else "cA"
            self.do(w, "accident", s, occ, s=s, occ=occ)

    def look(self):
        L, told = self.L, {}
        for w in m.WHO:
            figures = L.figures(w, 10**6)
            told[w] = {"reads": [e.id for e in L.read(w, None, 10**6)[0] if not e.id.startswith("reg/")],
                       "figures": {k: figures.get(k, 0) for k in ("visits", "open", "fines", "flags") + (() if w[0] == "T" else ("accidents", "registered", "inspected"))},
                       "owed": sorted(v for _, _, v, _ in L.worklist(w)), "late": sorted(v for _, _, v, late in L.worklist(w) if late)}
        self.steps.append({"t": self.t, "do": "look", "looks": told})

    def run(self):
        one = (lambda s: (s, self.pick(SECTOR[s])))(self.pick(["s1", "s1", "s2", "s3"])); same = self.r.random() < .5
        draw = lambda: (lambda s: (s, self.pick(SECTOR[s])))(self.pick(["s1", "s1", "s2", "s3"]))
        self.of = {v: one if same else draw() for v in ("T1/a", "T1/b", "T2/a", "T2/b")}
        free = [s for s in ("s1", "s2", "s3") if s not in {s for s, _ in self.of.values()}]
        if free: s = self.pick(free); self.of["import/i"] = (s, self.pick(SECTOR[s]))
        n = 8 + int(self.r.random() * 30)
        for i in range(n):
            self.anything()
            if i == n // 2: self.look()
        self.look()
        return self.steps


for seed in range(int(sys.argv[2]), int(sys.argv[2]) + int(sys.argv[3])): print(json.dumps({"steps": Play(seed).run()}, separators=(",", ":")))
