-- A request 诉求 and everything that belongs to its course. Instants are milliseconds, ids 16 bytes.

CREATE TABLE requests (
  id            BYTEA PRIMARY KEY,
  ord           BIGINT NOT NULL,          -- sorts as received; derived from the id
  -- 1 while it is kept from the unit that it is about: see request_shields. Stands early in the row, as lists ask it.
  shielded      BIGINT NOT NULL,
  number        TEXT NOT NULL,            -- series-year-running number, without gaps in its series
  code          TEXT NOT NULL,            -- query code of the person who asked
  kind          TEXT NOT NULL,
  channel       TEXT NOT NULL,
  class         TEXT NOT NULL,            -- class code of the pack
  track         TEXT NOT NULL,
  pack          TEXT NOT NULL,            -- pack and version it was taken in under
  urgency       TEXT NOT NULL,
  title         TEXT NOT NULL,
  body          TEXT NOT NULL,
  answers       TEXT NOT NULL,            -- answers to the class's own questions, JSON object
  place         BYTEA,                    -- the unit or grid it is about
  place_text    TEXT NOT NULL,
  lon_e6        BIGINT,
  lat_e6        BIGINT,
  person        BYTEA,                    -- identity is kept apart; null for nobody named
  state         TEXT NOT NULL,
  first_unit    BYTEA NOT NULL,           -- first to receive it: accountable until the end
  unit          BYTEA NOT NULL,           -- handles it now
  officer       BYTEA,                    -- answers for it now; exactly one while it is open
  received_at   BIGINT NOT NULL,
  first_due     BIGINT,                   -- when the first answer is due; copied from the certificate in force
  answer_due    BIGINT,                   -- what the person is promised now: the first answer, or the rework
  owed          BIGINT NOT NULL,          -- by when an answer is owed now; two values past all dates for none
  step_due      BIGINT,                   -- when the present owner has to act
  answered_at   BIGINT,                   -- the first answer
  ended_at      BIGINT,
  answer        TEXT,                     -- the latest answer
  unsolvable    BIGINT NOT NULL,
  word          TEXT,                     -- the latest word of the person, or why there is none
  satisfaction  BIGINT,                   -- 1 best … 5 worst, asked apart
  returns       BIGINT NOT NULL,
  reworks       BIGINT NOT NULL,
  extensions    BIGINT NOT NULL,
  decided       BIGINT NOT NULL,          -- the leading group's decision is recorded
  supervised    BIGINT NOT NULL,          -- grade of supervision in force, 0 none
  public_state  TEXT NOT NULL,            -- waiting, shown, hidden, never
  public_title  TEXT NOT NULL,
  public_body   TEXT NOT NULL,
  merged_into   BYTEA,
  history       BIGINT NOT NULL,          -- taken over from an older ledger with its own times
  source        TEXT NOT NULL,            -- file and number it was imported from, '' otherwise
  seq           BIGINT NOT NULL,          -- last journal event
  head          BYTEA NOT NULL            -- its hash
);
CREATE UNIQUE INDEX requests_ord ON requests (ord);
CREATE UNIQUE INDEX requests_number ON requests (number);
CREATE UNIQUE INDEX requests_source ON requests (source) WHERE source <> '';
CREATE INDEX requests_state ON requests (state, ord);
CREATE INDEX requests_class ON requests (class, ord);
CREATE INDEX requests_place ON requests (place, ord);
-- Open cases are few among many: matters alike are looked for among them only.
CREATE INDEX requests_class_live ON requests (class, ord) WHERE ended_at IS NULL;
CREATE INDEX requests_place_live ON requests (place, ord) WHERE ended_at IS NULL;
-- Open cases that could be the same matter.
CREATE INDEX requests_alike ON requests (class, COALESCE(place, first_unit), ord) WHERE ended_at IS NULL;
CREATE INDEX requests_channel ON requests (channel, ord);
CREATE INDEX requests_officer ON requests (officer, state, ord);
CREATE INDEX requests_person ON requests (person) WHERE person IS NOT NULL;
CREATE INDEX requests_owed ON requests (owed, ord);
CREATE INDEX requests_answered ON requests (answered_at, ord) WHERE answered_at IS NOT NULL;
-- What was signed off at one place, of one kind: where the same matter comes back.
CREATE INDEX requests_signed_off ON requests (place, class, ended_at) WHERE answered_at IS NOT NULL;
-- What was closed in the days that are drawn of.
CREATE INDEX requests_ended ON requests (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX requests_live ON requests (ord) WHERE ended_at IS NULL;
-- The queues, what is due first at the top.
CREATE INDEX requests_queue ON requests (state, COALESCE(step_due, answer_due, 9223372036854775807), ord)
  WHERE ended_at IS NULL AND shielded = 0;
CREATE INDEX requests_lead ON requests (unit, state, COALESCE(step_due, answer_due, 9223372036854775807), ord)
  WHERE state IN ('assigned', 'accepted', 'judged') AND shielded = 0;
CREATE INDEX requests_queue_supervised ON requests (COALESCE(step_due, answer_due, 9223372036854775807), ord)
  WHERE supervised <> 0 AND ended_at IS NULL AND shielded = 0;
CREATE INDEX requests_public ON requests (public_state, ord);
CREATE INDEX requests_shielded ON requests (ord) WHERE shielded = 1;
CREATE INDEX requests_supervised ON requests (supervised, ord) WHERE supervised > 0;
CREATE INDEX requests_supervised_live ON requests (ord) WHERE supervised > 0 AND ended_at IS NULL;

-- Whom a case is about that is kept from them 反映对象. A name in words is sealed: sealed_texts, slot 'subject'.
-- One row for each time that one was up; at most one of them stands. The running numbers count every change of
-- any shield, so that what is computed again can leave out what was shielded when it was computed first.
CREATE TABLE request_shields (
  request       BYTEA NOT NULL,
  unit          BYTEA NOT NULL,           -- the unit it is about
  account       BYTEA,                    -- the member of staff it is about, where known
  put_at        BIGINT NOT NULL,
  put_no        BIGINT NOT NULL,
  lifted_at     BIGINT,
  lifted_no     BIGINT,
  PRIMARY KEY (request, put_no)
);
CREATE UNIQUE INDEX request_shields_standing ON request_shields (request) WHERE lifted_at IS NULL;

-- Who held a post in the conflict set on the day the shield was put up, and who is named: shut out whatever
-- posts they hold later.
CREATE TABLE request_shield_people (
  request       BYTEA NOT NULL,
  account       BYTEA NOT NULL,
  PRIMARY KEY (request, account)
);
CREATE INDEX request_shield_people_account ON request_shield_people (account);

-- Where streams of the journal end that are about no row of their own: files taken out, draws of call-backs.
CREATE TABLE request_streams (
  stream        BYTEA PRIMARY KEY,
  kind          TEXT NOT NULL,            -- export, lot
  seq           BIGINT NOT NULL,          -- the place of the last event
  head          BYTEA NOT NULL            -- its hash
);

-- Which units' ledgers a case stands in: the units that hold it and all above them. A shielded case stands
-- in none.
CREATE TABLE request_reach (
  unit          BYTEA NOT NULL,
  ord           BIGINT NOT NULL,
  request       BYTEA NOT NULL,
  live          BIGINT NOT NULL,          -- 1 while the case is open
  owed          BIGINT NOT NULL,          -- as in the case
  PRIMARY KEY (unit, ord)
);
CREATE INDEX request_reach_owed ON request_reach (unit, owed, ord);
CREATE INDEX request_reach_live ON request_reach (unit, live, ord);
CREATE INDEX request_reach_request ON request_reach (request, unit);

-- How far each unit's numbers have come in a year. The letters are given once and never to two units.
CREATE TABLE request_series (
  unit          BYTEA NOT NULL,
  year          BIGINT NOT NULL,
  series        TEXT NOT NULL,
  last          BIGINT NOT NULL,
  PRIMARY KEY (unit, year)
);
CREATE TABLE request_letters (
  unit          BYTEA PRIMARY KEY,
  letters       TEXT NOT NULL
);
CREATE UNIQUE INDEX request_letters_letters ON request_letters (letters);

-- What happened, in words. The journal holds the proof, this the text.
CREATE TABLE request_entries (
  request       BYTEA NOT NULL,
  seq           BIGINT NOT NULL,          -- the journal event it belongs to
  at            BIGINT NOT NULL,
  account       BYTEA,                    -- who of the staff; null: the person or the program
  unit          BYTEA,
  who           TEXT NOT NULL,            -- staff, person, system, client
  verb          TEXT NOT NULL,            -- a verb of the machine, or register, note, notice …
  state         TEXT NOT NULL,            -- where it stood afterwards
  audience      TEXT NOT NULL,            -- inside, person, public
  body          TEXT NOT NULL,
  data          TEXT NOT NULL,            -- JSON, no personal data
  PRIMARY KEY (request, seq)
);
-- What each unit sent back.
CREATE INDEX request_entries_returned ON request_entries (unit, at) WHERE verb = 'return';

CREATE TABLE request_clocks (
  request       BYTEA NOT NULL,
  kind          TEXT NOT NULL,
  run           BIGINT NOT NULL,
  unit          BYTEA NOT NULL,           -- whose clock it is
  officer       BYTEA,
  started_at    BIGINT NOT NULL,
  warn_at       BIGINT NOT NULL,          -- 80 % of the time
  due_at        BIGINT NOT NULL,
  stopped_at    BIGINT,
  done          BIGINT NOT NULL,          -- 1: what it waited for was done; 0: it runs, or the case was given back or ended
  paused_at     BIGINT,
  provisional   BIGINT NOT NULL,
  signalled     BIGINT NOT NULL,          -- 0 none, 1 at 80 %, 2 due today, 3 overdue
  next_signal   BIGINT,                   -- when the next signal is due; null when there is none
  certificate   TEXT NOT NULL,            -- the deadline certificate in force, JSON
  earlier       TEXT NOT NULL,            -- certificates it replaced, JSON list
  PRIMARY KEY (request, kind, run)
);
CREATE INDEX request_clocks_signal ON request_clocks (next_signal) WHERE next_signal IS NOT NULL;
CREATE INDEX request_clocks_unit ON request_clocks (unit, due_at) WHERE stopped_at IS NULL;

CREATE TABLE request_notices (
  request       BYTEA NOT NULL,
  notice        TEXT NOT NULL,            -- accepted, handling, result
  round         BIGINT NOT NULL,          -- the answer round it belongs to
  person        BYTEA NOT NULL,           -- whose; 16 zero bytes where nobody is named
  due_at        BIGINT NOT NULL,
  message       BYTEA,                    -- the message that carries it
  met_at        BIGINT,                   -- where an act met it instead
  how           TEXT NOT NULL,            -- '', page, in-person, call, letter, visit …
  account       BYTEA,
  PRIMARY KEY (request, notice, round, person)
);

CREATE TABLE request_helpers (
  request       BYTEA NOT NULL,
  unit          BYTEA NOT NULL,
  asked_at      BIGINT NOT NULL,
  question      TEXT NOT NULL,
  reported_at   BIGINT,
  report        TEXT NOT NULL,
  PRIMARY KEY (request, unit)
);

-- People who have the same matter: each keeps their own notices and their own word.
CREATE TABLE request_joined (
  request       BYTEA NOT NULL,
  person        BYTEA NOT NULL,
  code          TEXT NOT NULL,
  channel       TEXT NOT NULL,
  joined_at     BIGINT NOT NULL,
  words         TEXT NOT NULL,            -- what they said of it
  PRIMARY KEY (request, person)
);

-- Whoever asked or joined, and left the case to the others.
CREATE TABLE request_left (
  request       BYTEA NOT NULL,
  person        BYTEA NOT NULL,           -- 16 zero bytes where nobody is named
  left_at       BIGINT NOT NULL,
  PRIMARY KEY (request, person)
);

CREATE TABLE request_words (
  request       BYTEA NOT NULL,
  round         BIGINT NOT NULL,
  person        BYTEA NOT NULL,
  at            BIGINT NOT NULL,
  via           TEXT NOT NULL,            -- page, window, call, message
  word          TEXT NOT NULL,
  satisfaction  BIGINT,
  note          TEXT NOT NULL,
  account       BYTEA,                    -- who called, where somebody did
  unit          BYTEA,
  PRIMARY KEY (request, round, person)
);

CREATE TABLE request_attempts (
  request       BYTEA NOT NULL,
  round         BIGINT NOT NULL,
  at            BIGINT NOT NULL,
  day           TEXT NOT NULL,
  account       BYTEA NOT NULL,
  unit          BYTEA NOT NULL,
  outcome       TEXT NOT NULL,            -- no-answer, wrong-number, refused, call-later
  note          TEXT NOT NULL,
  PRIMARY KEY (request, round, at)
);

CREATE TABLE request_supervisions (
  request       BYTEA NOT NULL,
  grade         BIGINT NOT NULL,          -- 1, 2, 3
  proposed_at   BIGINT NOT NULL,
  why           TEXT NOT NULL,            -- key of the rule that proposed it
  issued_at     BIGINT,
  issued_by     BYTEA,
  words         TEXT NOT NULL,
  dismissed_at  BIGINT,
  reply         TEXT NOT NULL,            -- certificate of the day by which the unit explains itself, JSON; '' before
  replied_at    BIGINT,                   -- when it did; what it said is an entry of the case
  next_signal   BIGINT,                   -- when the grade above is looked at; null when it need not be
  live          BIGINT NOT NULL,          -- 1 while the case is open
  PRIMARY KEY (request, grade)
);
CREATE INDEX request_supervisions_signal ON request_supervisions (next_signal) WHERE next_signal IS NOT NULL;
-- What nobody has decided on: few, while the undecided ones of cases that have ended grow for ever.
CREATE INDEX request_supervisions_open ON request_supervisions (proposed_at, request)
  WHERE issued_at IS NULL AND dismissed_at IS NULL AND live = 1;

CREATE TABLE request_originals (
  request       BYTEA PRIMARY KEY,
  file          TEXT NOT NULL,
  row_number    BIGINT NOT NULL           -- the row as it came is sealed: sealed_texts, slot 'row'
);

-- When who asked is to be forgotten: set as a case ends, taken away when it is opened again.
CREATE TABLE request_keeping (
  request       BYTEA PRIMARY KEY,
  forget_at     BIGINT NOT NULL
);
CREATE INDEX request_keeping_due ON request_keeping (forget_at);

-- Holds by law 依法保留: while one stands, nothing of the case is forgotten.
CREATE TABLE request_holds (
  request       BYTEA NOT NULL,
  held_at       BIGINT NOT NULL,
  account       BYTEA NOT NULL,
  reason        TEXT NOT NULL,
  released_at   BIGINT,
  PRIMARY KEY (request, held_at)
);

CREATE TABLE request_views (
  account       BYTEA NOT NULL,
  name          TEXT NOT NULL,
  query         TEXT NOT NULL,
  made_at       BIGINT NOT NULL,
  PRIMARY KEY (account, name)
);

CREATE TABLE request_templates (
  account       BYTEA NOT NULL,
  name          TEXT NOT NULL,
  body          TEXT NOT NULL,
  made_at       BIGINT NOT NULL,
  PRIMARY KEY (account, name)
);

-- Counters that the dashboard shows, kept in the transaction that changes a case. One row for each
-- unit above the accountable one, month of receipt and class.
CREATE TABLE request_tally (
  dim           TEXT NOT NULL,            -- unit, branch and class in a unit, place, area around it; lot
  key           BYTEA NOT NULL,           -- the unit
  month         TEXT NOT NULL,            -- YYYY-MM of receipt
  class         TEXT NOT NULL,
  received      BIGINT NOT NULL,
  answered      BIGINT NOT NULL,
  on_time       BIGINT NOT NULL,
  solved        BIGINT NOT NULL,
  not_solved    BIGINT NOT NULL,
  no_reply      BIGINT NOT NULL,
  not_reached   BIGINT NOT NULL,
  rated         BIGINT NOT NULL,
  satisfied     BIGINT NOT NULL,
  ended         BIGINT NOT NULL,
  unsolvable    BIGINT NOT NULL,
  reworked      BIGINT NOT NULL,
  PRIMARY KEY (dim, key, class, month)
);

-- only sqlite
CREATE VIRTUAL TABLE request_search USING fts5 (tokens, content='', contentless_delete=1, detail='none');
-- end
-- only postgres
CREATE TABLE request_search (ord BIGINT PRIMARY KEY, tokens TSVECTOR NOT NULL);
CREATE INDEX request_search_tokens ON request_search USING gin (tokens);
-- end
