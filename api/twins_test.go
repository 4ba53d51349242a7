package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/law"
)

// The same thing done right: of each code that is said of a request, its twin is one that the same test makes, to the same end, which is
// taken and of which the code is not said. Where the two differ in no member, a step that was missing came between them, or the time.

// mostDiffering is in how many members, beside its names, a request may differ from its twin: in what the rule is about.
const mostDiffering = 2

// looser are the codes of which that is not shown: another test does the same kind of thing without them. The list only ever shrinks.
const looser = `
team-not-active detached-from-unit checklist-drops-items review-of-another-team ledger-stream not-your-scope revision-not-known unsigned
source-names-no-key key-not-yours malformed-key key-not-possessed signature-needs-structured-mode parameter-not-of-report report-too-large
too-slow batch-size read-only read-only-start store-refuses no-space full reports-behind starting
`

// mostLooser is how many there are: lower it with the list.
const mostLooser = 24

// members is what a request consists of, by name: who asks, the route, each header, each parameter, and the members of its body.
type members map[string]any

func membersOf(token, method, target, body string, headers []string) members {
	m := members{"token": token}
	u, err := url.Parse(target)
	if err != nil {
		u = &url.URL{Path: target}
	}
	m["route"] = method + " " + u.Path
	for name, values := range u.Query() {
		m["?"+name] = strings.Join(values, ",")
	}
	for i := 0; i < len(headers); i += 2 {
		m[headers[i]] = headers[i+1]
	}
	var v any
	if json.Unmarshal([]byte(body), &v) != nil {
		v = body
	}
	m["body"] = v
	return m
}

// differ returns the members in which two requests differ; a part that only one has is one member. names counts those among them that only
// tell the two things apart: see [nameMembers].
func differ(a, b members) (all []string, names int) {
	part("", map[string]any(a), map[string]any(b), func(name string) { all = append(all, name) })
	slices.Sort(all)
	for _, name := range all {
		if slices.Contains(nameMembers, strings.TrimPrefix(name, "body.")) {
			names++
		}
	}
	return all, names
}

// nameMembers are the members that say what a thing is called: its stream, and its own name in it.
var nameMembers = []string{"subject", "event.subject", "data.finding", "data.order", "data.penalty", "data.version"}

func part(name string, a, b any, found func(name string)) {
	switch x := a.(type) {
	case map[string]any:
		y, both := b.(map[string]any)
		if !both || x["event"] != nil && x["sha256"] != nil { // a reference is one
			break
		}
		_, event := x["specversion"]
		for _, key := range keysOf(x, y) {
			_, left := x[key]
			_, right := y[key]
			switch {
			case follows(key, event, left && right, y["unknown"] != nil || x["unknown"] != nil):
			case event && key == "time" && moment(x[key], y[key]):
			default:
				part(strings.TrimPrefix(name+"."+key, "."), x[key], y[key], found)
			}
		}
		return
	case []any:
		y, both := b.([]any)
		if !both || len(x)*len(y) == 0 || !objects(x) || !objects(y) {
			break
		}
		for i := range max(len(x), len(y)) {
			var left, right any
			if i < len(x) {
				left = x[i]
			}
			if i < len(y) {
				right = y[i]
			}
			part(fmt.Sprint(name, "[", i, "]"), left, right, found)
		}
		return
	}
	if !reflect.DeepEqual(a, b) {
		found(name)
	}
}

// follows reports whether a member follows from others: that two events are two, where they stand among those of their key and what that
// signs, and that a member is unknown which is not stated.
func follows(key string, event, both, unknown bool) bool {
	switch key {
	case "id":
		return event
	case headerSignature, "keyseq", "keyprev":
		return both
	case "timeprecision":
		return true
	}
	return key == "unknown" && unknown
}

// moment reports whether two times are less than a minute apart: the machine's clock went on.
func moment(a, b any) bool {
	x, errX := time.Parse(time.RFC3339, fmt.Sprint(a))
	y, errY := time.Parse(time.RFC3339, fmt.Sprint(b))
	return errX == nil && errY == nil && x.Sub(y).Abs() < time.Minute
}

func objects(list []any) bool { _, ok := list[0].(map[string]any); return ok }

func keysOf(a, b map[string]any) (keys []string) {
	for key := range a {
		keys = append(keys, key)
	}
	for key := range b {
		if _, both := a[key]; !both {
			keys = append(keys, key)
		}
	}
	return keys
}

// twin is a request of which a code was said, and one like it of which it was not.
type twin struct {
	wrong, right *ask
	differing    []string
	names        int
}

// twinOf returns the closest twins of a code; right is nil where nobody did the same right, and wrong where the code was not wanted at all.
func twinOf(c law.Code) (best twin) {
	for _, wrong := range requests.all {
		if !wrong.wanted || !slices.Contains(wrong.codes, c) {
			continue
		}
		if best.wrong == nil {
			best.wrong = wrong
		}
		for _, right := range requests.all {
			if !right.taken || right.test != wrong.test || slices.Contains(right.codes, c) || !wrong.like(right) {
				continue
			}
			d, names := differ(wrong.members, right.members)
			if best.right == nil || len(d)-names < len(best.differing)-best.names ||
				len(d)-names == len(best.differing)-best.names && names < best.names {
				best = twin{wrong, right, d, names}
			}
		}
	}
	return best
}

// like reports whether another request has the same end. Of what cannot be read no more is known than its route.
func (a *ask) like(b *ask) bool {
	return slices.ContainsFunc(a.acts, func(act string) bool {
		return slices.Contains(b.acts, act) || act == "POST /v1/events" && len(b.acts) > 0 && strings.HasPrefix(b.acts[0], "anjian.")
	})
}

// close reports whether there is a twin.
func (t twin) close() bool { return t.right != nil && len(t.differing)-t.names <= mostDiffering }

// silent reports whether a test does what a code was said of in some test, without its being said.
func silent(c law.Code) bool {
	return slices.ContainsFunc(requests.all, func(wrong *ask) bool {
		return wrong.wanted && slices.Contains(wrong.codes, c) && slices.ContainsFunc(requests.all, func(right *ask) bool {
			return right.taken && !slices.Contains(right.codes, c) && wrong.like(right)
		})
	})
}
