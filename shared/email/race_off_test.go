//go:build !race

package email_test

const raceDetector = false
