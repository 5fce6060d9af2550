-- Text times are UTC of fixed width ("2026-03-02T18:00:00.000000000Z"): text order is
-- time order. "body" is the JSON document; the other columns repeat what lookups and
-- lists need.

CREATE TABLE raw (
    id    TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE inbox (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE REFERENCES raw (id),
    received    TEXT NOT NULL,
    mailbox     TEXT NOT NULL,
    trusted     INTEGER NOT NULL,
    no_verdicts INTEGER NOT NULL,
    source      TEXT NOT NULL,
    result      TEXT -- NULL until it is handled
) STRICT;
CREATE INDEX inbox_waiting ON inbox (received, seq) WHERE result IS NULL;

CREATE TABLE mails (
    id   TEXT PRIMARY KEY,
    twin TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX mails_twin ON mails (twin) WHERE twin <> '';

-- place is where the case stands in every list: "0" with a duty, "1" open without
-- one, "2" closed; then the time; then the id.
CREATE TABLE cases (
    id       TEXT PRIMARY KEY,
    version  INTEGER NOT NULL,
    mail     TEXT NOT NULL,
    queue    TEXT NOT NULL,
    status   TEXT NOT NULL,
    ack      TEXT NOT NULL,
    received TEXT NOT NULL,
    place    TEXT NOT NULL,
    body     TEXT NOT NULL
) STRICT;
CREATE INDEX cases_place ON cases (place, status, ack, received);
CREATE INDEX cases_queue ON cases (queue, place, status, ack, received);
CREATE INDEX cases_count ON cases (queue, status, place);
CREATE INDEX cases_ack ON cases (ack, place, status, queue, received);
CREATE INDEX cases_mail ON cases (mail);

CREATE TABLE trail (
    case_id TEXT NOT NULL REFERENCES cases (id),
    n       INTEGER NOT NULL,
    hash    TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (case_id, n)
) STRICT;
CREATE TRIGGER trail_is_never_changed BEFORE UPDATE ON trail
BEGIN SELECT RAISE(ABORT, 'entries of a trail are never changed'); END;
CREATE TRIGGER trail_is_never_removed BEFORE DELETE ON trail
BEGIN SELECT RAISE(ABORT, 'entries of a trail are never removed'); END;

CREATE TABLE ledgers (
    consumer TEXT NOT NULL,
    right_id TEXT NOT NULL,
    version  INTEGER NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (consumer, right_id)
) STRICT;

CREATE TABLE counters (
    key     TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    n       INTEGER NOT NULL,
    expires TEXT NOT NULL
) STRICT;

-- place is the time of creation and the id.
CREATE TABLE effects (
    id         TEXT PRIMARY KEY,
    version    INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    state      TEXT NOT NULL,
    case_id    TEXT NOT NULL,
    mail       TEXT NOT NULL,
    not_before TEXT NOT NULL,
    place      TEXT NOT NULL,
    body       TEXT NOT NULL,
    payload    BLOB
) STRICT;
CREATE INDEX effects_due ON effects (not_before, place) WHERE state = 'pending';
CREATE INDEX effects_place ON effects (place, kind, state);
CREATE INDEX effects_state ON effects (state, place, kind);
CREATE INDEX effects_case ON effects (case_id, place);
CREATE INDEX effects_mail ON effects (mail, place);

CREATE TABLE handoffs (
    seq   INTEGER PRIMARY KEY AUTOINCREMENT,
    id    TEXT NOT NULL UNIQUE,
    queue TEXT NOT NULL,
    body  TEXT NOT NULL
) STRICT;
CREATE INDEX handoffs_queue ON handoffs (queue, seq);
