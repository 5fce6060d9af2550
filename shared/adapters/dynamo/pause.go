package dynamo

import (
	"context"
	"time"
)

// How long is waited, at most each time. The jitter is full: a crowd that was turned away
// at one moment must not come back at one moment.
const (
	attempts    = 10                    // of one request
	firstPause  = 25 * time.Millisecond // doubled with every attempt
	longestWait = time.Second

	crowdPause = 10 * time.Millisecond // for each conflict met lately
	crowdMost  = 100
)

// backOff waits before a request is sent again, after its attempt number from 1.
func (s *Store) backOff(ctx context.Context, attempt int) error {
	return s.Wait(ctx, s.part(min(firstPause<<(attempt-1), longestWait)))
}

func (s *Store) part(d time.Duration) time.Duration { return time.Duration(s.Random() * float64(d)) }

// pause holds back who lost a race, who will read and decide again at once. It is longer
// the more conflicts this process has met without a success: of n racers that come back
// within n times the length of a decision, about one gets through each time, where n that
// come back at once would be n-1 losers more.
func (s *Store) pause(ctx context.Context) error {
	n := s.crowd.Add(1)
	if n > crowdMost {
		s.crowd.Store(crowdMost)
		n = crowdMost
	}
	return s.Wait(ctx, s.part(time.Duration(n)*crowdPause))
}

// calm takes back one conflict for a success.
func (s *Store) calm() {
	if n := s.crowd.Load(); n > 0 {
		s.crowd.CompareAndSwap(n, n-1) // who comes in between counts instead
	}
}
