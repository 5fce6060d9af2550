// Package console answers: what does the data protection officer see and do?
//
// New gives a plain http.Handler: server-rendered pages that work without a script
// and by keyboard alone, and the same facts as JSON under /api (described by
// openapi.yaml, served at /api/openapi.yaml). It reads the store, and changes
// nothing itself: every action goes to the Desk under the name of the human who
// pressed the button, with the version of the case that human saw.
//
// Who may see and do what goes by the roles of a person, in one table (roles.go); what
// an address needs stands beside it (console.go). A button that somebody may not press
// is not shown, and pressing it all the same changes nothing.
//
// Mail is hostile. Only its text is shown, never its HTML, and attachments are
// listed, never opened. html/template escapes all of it, controls that reorder text
// are made visible, the content security policy allows nothing but our own style
// sheet, and the raw mail leaves only as a plain-text download.
//
// Not its business: who somebody is (whoever builds the handler says so in Parts.Who),
// TLS, sending anything, and any decision about a request.
//
// Known deviations: overdue cases are counted by walking them, soonest duty first,
// because a store keeps no count of what depends on the clock.
package console
