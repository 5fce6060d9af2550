package main

import (
	"fmt"
	"io"
	"io/fs"
	"slices"
	"testing/fstest"

	"rightsmail/shared/classify"
	"rightsmail/shared/rights"
)

// everyFifth lesson of those that nothing is held to is kept from learning to measure by.
const everyFifth = 5

// held is how mails are read that the weights were not learnt from.
type held struct {
	mails, right  int // in all, and with exactly their rights
	privacy, lost int // that ask for a right, and of them those that come out as support or spam
	other, taken  int // that do not, and of them those that come out as a request
}

// holdBack learns without every fifth lesson and reads those.
func holdBack(rules fs.FS, book *rights.Book, lessons []classify.Lesson) (h held, err error) {
	var learn, keep []classify.Lesson
	for i, l := range lessons {
		if l.Weight == ordinary && i%everyFifth == 0 {
			keep = append(keep, l)
		} else {
			learn = append(learn, l)
		}
	}
	weights, err := classify.Learn(rules, book, learn, seed)
	if err != nil {
		return h, err
	}
	c, err := classify.New(with{rules, fstest.MapFS{weightsFile: {Data: weights}}}, book)
	if err != nil {
		return h, err
	}
	for _, l := range keep {
		h.add(l, c.Classify(l.Mail, classify.Context{}))
	}
	return h, nil
}

func (h *held) add(l classify.Lesson, d classify.Decision) {
	var got []rights.ID
	for _, f := range d.Findings {
		got = append(got, f.Right)
	}
	want := slices.Clone(l.Rights)
	slices.Sort(got)
	slices.Sort(want)
	h.mails++
	if slices.Equal(got, want) {
		h.right++
	}
	asks := !slices.Contains(want, rights.SupportGeneral) && !slices.Contains(want, rights.Spam)
	found := d.Outcome == classify.Privacy || d.Outcome == classify.Unsure
	switch {
	case asks:
		h.privacy++
		if !found {
			h.lost++
		}
	default:
		h.other++
		if found {
			h.taken++
		}
	}
}

func (h held) print(w io.Writer) error {
	_, err := fmt.Fprintf(w, "of %d mails held back from learning, exactly the rights %.1f %%, privacy mails lost %d of %d, other mails taken for a request %d of %d\n",
		h.mails, 100*float64(h.right)/float64(max(h.mails, 1)), h.lost, h.privacy, h.taken, h.other)
	return err
}

const weightsFile = "weights.txt"

// with is a folder with one file in the place of its own.
type with struct {
	fs.FS
	file fstest.MapFS
}

func (w with) Open(name string) (fs.File, error) {
	if _, ours := w.file[name]; ours {
		return w.file.Open(name)
	}
	return w.FS.Open(name)
}
