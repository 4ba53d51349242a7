package entry

// Check reports whether every field can be encoded.
func (e *Entry) Check() error {
	if err := e.CheckIDs(); err != nil {
		return err
	}
	return e.checkForm()
}
