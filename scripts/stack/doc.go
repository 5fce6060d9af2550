// Package stack reads template.yaml and all that it nests as CloudFormation would see
// them, and asks what nobody should have to remember: that no role has a star, that every
// queue has its dead letters and its alarm, that a function gets the variables it reads.
//
// It is tests only. Those that run the tools of AWS (sam, cfn-lint, the SAM transform)
// need a Python environment, whose folder RIGHTSMAIL_VENV names; ./scripts/check makes
// one. A plain go test skips them and says so.
//
// transform.py is of use by itself: it flattens the template into one JSON document.
package stack
