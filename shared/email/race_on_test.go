//go:build race

package email_test

// The race detector slows a test down too much to hold it to a time.
const raceDetector = true
