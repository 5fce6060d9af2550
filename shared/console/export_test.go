package console

// Routes are all addresses that ask who is there, for the test that says who may have
// which.
func Routes() []string {
	c := &console{}
	var patterns []string
	for _, one := range append(c.pages(), c.answers()...) {
		patterns = append(patterns, one.pattern)
	}
	return patterns
}
