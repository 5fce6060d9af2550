package openai

import (
	"crypto/sha256"
	"slices"
	"sync"

	"rightsmail/shared/classify"
)

// remembered is how many answers are kept. They are kept in the memory of the process
// and nowhere else: a quote is words of a mail, and those belong to the case and the
// archive alone. What a restart forgets is asked again within the budget.
const remembered = 256

// memory holds the last answers by the hash of the whole request: the masked mail, the
// instructions, the schema with its list of ids, the name of the model. Whoever sends
// one mail a thousand times pays for one question.
type memory struct {
	mu      sync.Mutex
	answers map[[sha256.Size]byte]classify.Suggestion
	order   [][sha256.Size]byte // oldest first
}

func (m *memory) get(request []byte) (classify.Suggestion, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.answers[sha256.Sum256(request)]
	s.Claims = slices.Clone(s.Claims)
	s.Input, s.Output, s.Remembered = 0, 0, true
	return s, ok
}

func (m *memory) put(request []byte, s classify.Suggestion) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := sha256.Sum256(request)
	if m.answers == nil {
		m.answers = map[[sha256.Size]byte]classify.Suggestion{}
	}
	if _, known := m.answers[key]; !known {
		m.order = append(m.order, key)
	}
	s.Claims = slices.Clone(s.Claims)
	m.answers[key] = s
	if len(m.order) > remembered {
		delete(m.answers, m.order[0])
		m.order = slices.Delete(m.order, 0, 1)
	}
}
