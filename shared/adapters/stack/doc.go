// Package stack answers: what is called what, in a stack that was deployed?
//
// The programs of operations are told the name of a stack and need its table, its bucket,
// its queues. Outputs are what the template says at its end; Variables are the settings of
// one function as the template gave them to it, so that a program on somebody's desk judges
// a mail as the function does.
//
// What the operator needs: cloudformation:DescribeStacks and
// cloudformation:DescribeStackResource on the stack and those nested in it, and for
// Variables lambda:GetFunctionConfiguration on the function.
//
// Not its business: what a setting means (config), and changing a stack.
//
// # Alternatives considered
//
//   - Only outputs: each setting of a function would be an output as well, and one that
//     was forgotten would judge mail in another way, silently.
//   - Parameters of the stack: the template makes settings of them (an empty address means
//     another one), and would be written twice.
//   - Parameter Store: one more thing to pay, to grant and to keep equal.
package stack
