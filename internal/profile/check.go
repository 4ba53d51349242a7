package profile

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// faults are those of the form of a body.
func (f *File) faults(err error, from int) (all []error) {
	var form event.Faults
	if !errors.As(err, &form) {
		return []error{err}
	}
	for i := range form {
		all = append(all, f.at(pointer(form[i].Path, from), form[i].Says(law.InEnglish), form[i].Says(law.InChinese)))
	}
	return all
}

// Refused is the fault of what the ledger refuses of a body: the values may name the member.
func (f *File) Refused(b *Body, code law.Code, values law.Values) error {
	path, _ := values.Get("field").Any().(string)
	says := func(l law.Language) string {
		return law.Join(l, []string{code.Sentence(l, values), code.Remedy(l, values)})
	}
	return f.at(pointer(path, b.from), says(law.InEnglish), says(law.InChinese))
}

// check asks the rules of the ledger, each file on top of those before it, and wants no flag either.
func (p *Profile) check() (faults []error) {
	s, types := domain.New(), domain.Catalogue()
	now := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	index := uint64(2)
	for _, f := range p.Files {
		for _, b := range f.Bodies() {
			e := &event.Event{ID: uuid.NewSHA1(uuid.Nil, fmt.Appendf(nil, "profile %d", index)), Type: types.Newest(f.Type()), Stream: f.Stream(),
				Source: "urn:anjian:profile", Occurred: now, Recorded: now, ExpectedRevision: event.AnyRevision, Data: b.Data, Index: index,
				Actor: event.Actor{Person: "office", Role: event.RoleSupervisionOffice}, Assurance: event.Token}
			index++
			if err := admit(s, e); err != nil {
				var refusal *event.Refusal
				if errors.As(err, &refusal) {
					err = f.Refused(&b, refusal.Code, refusal.Values)
				}
				faults = append(faults, err)
				break
			}
		}
	}
	return faults
}

func admit(s *domain.State, e *event.Event) error {
	if err := s.Admit(e); err != nil {
		return err
	}
	if _, err := s.Judge(e); err != nil {
		return err
	}
	s.Apply(e)
	return nil
}
