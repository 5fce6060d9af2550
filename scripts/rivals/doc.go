// Package rivals answers: what does reading a mail cost beside other readers?
//
// It is a module of its own, so that the product never depends on a library that it is
// only compared with. From this folder:
//
//	go test .          holds us to our ratios
//	go test -bench .   shows the times behind them
package rivals
