package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"log/slog"
	"net/http"
	"path"
	"strings"

	"rightsmail/shared/cases"
)

//go:embed templates/*.html assets/console.css assets/icon.svg
var files embed.FS

// The assets carry a hash of their bytes in their address, so that a browser may
// keep them for ever and still never shows an old one.
var (
	stylePath = assetPath("assets/console.css")
	iconPath  = assetPath("assets/icon.svg")
)

func assetPath(name string) string {
	data, err := files.ReadFile(name)
	if err != nil {
		panic(err) // it is part of the program
	}
	sum := sha256.Sum256(data)
	ext := path.Ext(name)
	return "/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
}

func serveAsset(name, contentType string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		data, err := files.ReadFile(name)
		if err != nil {
			http.NotFound(w, nil)
			return
		}
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		_, _ = w.Write(data)
	}
}

// templates are the pages, each with the frame around it.
var templates = parsePages("home", "queue", "case", "sent", "letter", "metrics", "metrics-cases", "corrections", "error")

func parsePages(names ...string) map[string]*template.Template {
	all := map[string]*template.Template{}
	for _, name := range names {
		t := template.New(name).Funcs(template.FuncMap{
			"visible": visible,
			"plural":  plural,
			"size":    size,
			"date":    dateWords,
			"outcome": func(o cases.Outcome) string { return say(outcomeTitles, o) },
		})
		all[name] = template.Must(t.ParseFS(files, "templates/frame.html", "templates/parts.html", "templates/"+name+".html"))
	}
	return all
}

// frame is what every page has around its own view.
type frame struct {
	Title string
	User  string
	Role  string // in words
	May   hands
	Mark  string
	Out   string // where to sign out; empty if nobody can
	Style string
	Icon  string
	Here  string // which entry of the navigation is this
	Page  any
}

// render answers with a page. It is written whole or not at all: a failure half-way
// is a failure page, not half a case.
func (c *console) render(w http.ResponseWriter, r *http.Request, status int, page, title string, view any) {
	who := c.person(r)
	f := frame{Title: title, User: who.Name, Role: who.title(), May: who.hands(), Mark: c.Mark, Here: section(r.URL.Path), Page: view}
	if who.Name != "" {
		f.Out = c.SignOut
	}
	out, err := f.page(page)
	if err != nil {
		id := c.failureID()
		c.Log.ErrorContext(r.Context(), "console: page failed", slog.String("failure", id), slog.String("page", page), slog.String("error", err.Error()))
		http.Error(w, "Something went wrong on our side. The log has the details under "+id+".", http.StatusInternalServerError)
		return
	}
	writePage(w, status, out)
}

// page writes a page with its frame.
func (f frame) page(name string) (*bytes.Buffer, error) {
	f.Style, f.Icon = stylePath, iconPath
	var out bytes.Buffer
	return &out, templates[name].ExecuteTemplate(&out, "frame", f)
}

func writePage(w http.ResponseWriter, status int, page *bytes.Buffer) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w) // a browser that left is no failure of ours
}

// Notice is a page of one thought, for whoever stands before the console and signs
// people in. It shows nothing but what it is given.
type Notice struct {
	Status         int // of HTTP
	Heading, Text  string
	Link, LinkText string // leads on; a path of ours or an address
}

// Show answers with the notice, under the same headers as every page.
func (n Notice) Show(w http.ResponseWriter) {
	setHeaders(w.Header())
	view := errorView{Status: n.Status, Heading: n.Heading, Text: n.Text, Link: n.Link, LinkText: n.LinkText}
	out, err := frame{Title: n.Heading, Page: view}.page("error")
	if err != nil { // a plain view and a template that every test renders
		http.Error(w, n.Text, n.Status)
		return
	}
	writePage(w, n.Status, out)
}

func section(path string) string {
	switch {
	case strings.HasPrefix(path, "/sent"):
		return "sent"
	case strings.HasPrefix(path, "/metrics"), strings.HasPrefix(path, "/corrections"):
		return "metrics"
	}
	return "queues"
}
