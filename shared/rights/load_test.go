package rights

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// base is the smallest set of files that loads, with one more file beside it.
func base(t *testing.T, name, data string) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, f := range []string{"laws/base.yaml", "calendars/small.yaml"} {
		b, err := os.ReadFile(filepath.Join("testdata", "base", f))
		require.NoError(t, err)
		fsys[f] = &fstest.MapFile{Data: b}
	}
	if name != "" {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return fsys
}

func TestBaseOfTheBustedFilesLoads(t *testing.T) {
	b, err := Load(base(t, "", ""))
	require.NoError(t, err)
	assert.Equal(t, []ID{"base_right"}, b.IDs())
}

// Every busted file says on its first line how it is refused: "line:col: message".
func TestEveryBustedFileIsRefusedAtItsPlace(t *testing.T) {
	files, err := filepath.Glob("testdata/busted/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			first, _, _ := strings.Cut(string(data), "\n")
			want, ok := strings.CutPrefix(first, "# refused: ")
			require.True(t, ok, "the first line must say how the file is refused")
			name := "laws/busted.yaml"
			if strings.HasPrefix(filepath.Base(file), "calendar-") {
				name = "calendars/busted.yaml"
			}
			_, err = Load(base(t, name, string(data)))
			require.EqualError(t, err, "load laws: "+name+":"+want)
		})
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	data, err := os.ReadFile("testdata/busted/unknown-queue.yaml")
	require.NoError(t, err)
	broken := strings.Replace(string(data), "period: 1 month", "period: 0 months", 1)
	_, err = Load(base(t, "laws/busted.yaml", broken))
	require.Error(t, err)
	assert.Contains(t, err.Error(), `unknown queue "gdprr"`)
	assert.Contains(t, err.Error(), `period "0 months" is not positive`)
}

func TestLawsWithoutAClockForUnsureMailAreRefused(t *testing.T) {
	for _, key := range []string{"unsure: always", "targets: [1 business day, 2 business days, 10 business days, 10 business days]"} {
		fsys := base(t, "", "")
		law := fsys["laws/base.yaml"]
		require.Contains(t, string(law.Data), key)
		law.Data = []byte(strings.Replace(string(law.Data), key, "", 1))
		_, err := Load(fsys)
		require.ErrorContains(t, err, strings.Split(key, ":")[0])
	}
}

func TestAFolderWithoutLawsIsRefused(t *testing.T) {
	_, err := Load(fstest.MapFS{})
	require.ErrorContains(t, err, "no file matches laws/*.yaml")
}

func TestVersionChangesWithEveryByteOfTheData(t *testing.T) {
	one, err := Load(base(t, "", ""))
	require.NoError(t, err)
	again, err := Load(base(t, "", ""))
	require.NoError(t, err)
	assert.Equal(t, one.Version(), again.Version())

	fsys := base(t, "", "")
	fsys["calendars/small.yaml"].Data = append(fsys["calendars/small.yaml"].Data, "# seen\n"...)
	other, err := Load(fsys)
	require.NoError(t, err)
	assert.NotEqual(t, one.Version(), other.Version())
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(os.DirFS(".")); err != nil {
			b.Fatal(err)
		}
	}
}
