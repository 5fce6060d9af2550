package lambdaevents

import (
	"errors"
	"fmt"

	"rightsmail/shared/queue"
)

// ReadJob reads a message of one of our own queues. It is strict, for nobody but us
// writes there. The error repeats nothing of the body.
func ReadJob(body []byte) (queue.Job, error) {
	var j queue.Job
	err := decodeStrictly(body, &j)
	if err == nil {
		err = j.Validate()
	}
	if err != nil {
		return queue.Job{}, fmt.Errorf("read job: %w", err)
	}
	return j, nil
}

// Task is what a schedule wakes a function for.
type Task string

// The tasks. The template writes them as {"task": "sweep"}.
const (
	TaskSweep  Task = "sweep"  // do what the outbox still waits for, and count
	TaskCanary Task = "canary" // send a letter to ourselves that has to come back
)

// ReadTask reads the event of a schedule.
func ReadTask(body []byte) (Task, error) {
	var e struct {
		Task Task `json:"task"`
	}
	if err := decodeStrictly(body, &e); err != nil {
		return "", fmt.Errorf("read task: %w", err)
	}
	switch e.Task {
	case TaskSweep, TaskCanary:
		return e.Task, nil
	}
	return "", errors.New(`read task: task is neither "sweep" nor "canary"`)
}
