// Package emf answers: how do our numbers reach CloudWatch?
//
// As lines of the log: one line of JSON for each point, in CloudWatch's Embedded Metric
// Format, which the log service reads on its way past. No call to AWS, no permission,
// nothing to lose when a function ends; the same line is there to be searched.
//
// Dimensions are Service, and Service with Category where a point has one: every other
// combination would be one more metric to pay for, and an id among them thousands. What
// a point notes beside its numbers is a plain member of the line.
//
// The line carries no level, so a log group whose ApplicationLogLevel is above INFO
// would drop it. CloudWatch may count a line twice: nothing that is published is taken
// from here (metrics.Report is).
//
// Not its business: what is counted and when (desk), alarms (the template).
//
// # Alternatives considered
//
//   - PutMetricData: a call, a permission and a failure in the middle of handling mail.
//   - aws-embedded-metrics and Powertools: there is none for Go that AWS keeps.
//   - OpenTelemetry: a collector to run beside every function for twenty numbers.
package emf
