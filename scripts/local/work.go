package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"rightsmail/shared/adapters/mailfiles"
	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/desk"
)

// hands is how many mails are judged at once. The store writes one at a time;
// reading and judging is what the hands share.
const hands = 4

// work takes in what -ingest names and handles mail until ctx ends, or with -exit
// until there is nothing left to do.
func (f *office) work(ctx context.Context, o options) error {
	if err := f.ingest(ctx, o.ingest); err != nil {
		return err
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	if !o.exit {
		asking, stop := context.WithCancel(ctx)
		ended := f.consult(asking)
		defer func() { stop(); <-ended }() // its last note is written before the store closes
	}
	for {
		if err := f.drain(ctx); err != nil {
			return err
		}
		if o.exit {
			return f.consultAll(ctx)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-f.bell:
		case <-tick.C: // deliveries that failed come round again
		}
	}
}

// consult asks the model, if there is one, beside everything else: mail is taken in and
// letters leave while it thinks. The channel is closed when it has stopped, which it
// does with ctx.
func (f *office) consult(ctx context.Context) <-chan struct{} {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			if err := f.consultAll(ctx); err != nil && ctx.Err() == nil {
				f.log.Error("ask the model", slog.String("error", err.Error()))
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
	return ended
}

// consultAll asks what is due to be asked. Without a model that is a question of an
// earlier run, which ends with the reason.
func (f *office) consultAll(ctx context.Context) error {
	for {
		asked, err := f.desk.Consult(ctx, f.now(), 16)
		if err != nil || asked.Done+asked.Failed+asked.Later == 0 {
			return err
		}
	}
}

// ring wakes the worker; it never waits.
func (f *office) ring() {
	select {
	case f.bell <- struct{}{}:
	default:
	}
}

// ingest puts every mail under the paths into the inbox, where a kill cannot take
// it away. What was put there by an earlier run is not put again. Nothing is handled
// before all is there: the inbox gives mail back by date of receipt, and a limit has
// to meet the requests of one person in that order.
func (f *office) ingest(ctx context.Context, paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	bar := progress(f.stderr, mailfiles.Count(paths...))
	for file := range mailfiles.Read(paths...) {
		_ = bar.Add(1) // a bar that cannot draw is no reason to stop
		if file.Err != nil {
			f.summary.unreadable++
			fmt.Fprintln(f.stderr, "ingest:", file.Err)
			continue
		}
		in := desk.Incoming{Raw: file.Raw, Received: f.now(), FromFile: true}
		fresh, err := f.inbox.Put(ctx, sqlite.Arrival{
			Raw: file.Raw, Received: f.desk.Receipt(in), NoVerdicts: true, Source: file.Name,
		})
		if err != nil {
			return fmt.Errorf("keep %s: %w", file.Name, err)
		}
		f.summary.mails++
		if !fresh {
			f.summary.seen++
		}
	}
	_ = bar.Finish()
	return nil
}

// progress draws on a terminal and stays silent elsewhere.
func progress(w io.Writer, n int) *progressbar.ProgressBar {
	file, ok := w.(*os.File)
	visible := ok && term.IsTerminal(int(file.Fd())) // #nosec G115 -- a file descriptor fits
	return progressbar.NewOptions(n, progressbar.OptionSetWriter(w), progressbar.OptionSetVisibility(visible),
		progressbar.OptionSetDescription("ingest"), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
}

// drain handles everything in the inbox, then everything due in the outbox.
func (f *office) drain(ctx context.Context) error {
	for {
		arrivals, err := f.inbox.Next(ctx, 64)
		if err != nil {
			return fmt.Errorf("read inbox: %w", err)
		}
		if len(arrivals) == 0 {
			break
		}
		if err := f.handleAll(ctx, arrivals); err != nil {
			return err
		}
	}
	for {
		done, err := f.desk.Deliver(ctx, f.now(), 64)
		if err != nil {
			return err
		}
		f.summary.delivered(done)
		if done.Done+done.Failed+done.Later == 0 {
			return nil
		}
	}
}

// handleAll judges a batch with several hands and takes it in one by one, in order.
// The first error stops the program: a store that cannot write must not go on saying
// yes to mail. A kill between a mail and its mark as handled makes the desk see the
// mail again, which changes nothing.
func (f *office) handleAll(ctx context.Context, arrivals []sqlite.Arrival) error {
	judged := f.judgeAll(arrivals)
	for i, a := range arrivals {
		got, err := f.desk.Take(ctx, incoming(a), judged[i], f.now())
		if err != nil {
			return err
		}
		f.summary.received(got)
		f.log.Info("handled", slog.String("mail", string(a.ID)), slog.String("as", string(got.Mail.Handling)))
		if err := f.inbox.Done(ctx, a.ID, string(got.Mail.Handling)); err != nil {
			return fmt.Errorf("mark mail %s as handled: %w", a.ID, err)
		}
	}
	return nil
}

// judgeAll judges each mail, side by side.
func (f *office) judgeAll(arrivals []sqlite.Arrival) []desk.Judgement {
	judged := make([]desk.Judgement, len(arrivals))
	next := make(chan int)
	var wg sync.WaitGroup
	for range hands {
		wg.Go(func() {
			for i := range next {
				judged[i] = f.desk.Judge.Judge(incoming(arrivals[i]))
			}
		})
	}
	for i := range arrivals {
		next <- i
	}
	close(next)
	wg.Wait()
	return judged
}

// incoming is an arrival as the desk knows it.
func incoming(a sqlite.Arrival) desk.Incoming {
	return desk.Incoming{
		ID: a.ID, Raw: a.Raw, Received: a.Received, Mailbox: a.Mailbox,
		Unguarded: a.Source == bySMTP, Trusted: a.Trusted, NoVerdicts: a.NoVerdicts,
	}
}
