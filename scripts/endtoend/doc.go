// Package endtoend lets the template stand without a cloud: the compiled functions run
// as processes under a small Runtime API, with the environment and the rights that the
// template gives them, before DynamoDB Local and moto, and a pump plays SES, SNS, SQS,
// streams and schedules around them.
//
// It is tests only. What they show: the sample mailbox ends as it does on one machine;
// each function asks AWS for what its statements allow and for nothing else, and no
// statement is there in vain; whichever call fails in whichever way, a retry ends with
// one case, one use of a limit and every letter sent; a mail that kills its reader
// waits for a human.
//
// scripts/emulators starts what they need and runs them; a plain go test skips them
// and says how to run them. Not its business: what a room or an adapter does by itself.
package endtoend
