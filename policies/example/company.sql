-- Exemplar Ltd: a company that kept everything. One SQLite database for the five ready policies (../octree.toml and its
-- neighbours). Every person in it is invented; telephone numbers and domains are ones reserved for examples.
--
--     sqlite3 company.sqlite < company.sql        (a new file; about 25 MB)
--
-- The same rows every time: "today" is Tuesday 30 June 2026, and what looks random is arithmetic on row numbers.
-- Rows with ids from 900001 are the awkward cases. Their text says what is awkward, and the tests ask for them by id.
-- Text dates are London's; unix times are UTC.
PRAGMA synchronous = OFF;
BEGIN;

-- For each number i: three draws a, b, c that do not follow each other, a time of day, and a person's name.
CREATE TEMP TABLE n (i INTEGER PRIMARY KEY, a INTEGER, b INTEGER, c INTEGER, clock TEXT, name TEXT);
WITH RECURSIVE
count_up(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM count_up WHERE i < 60000),
draw_1(i, a) AS (SELECT i, (i * 2654435761 + 40503) % 4294967291 FROM count_up),
draw_2(i, a, b) AS (SELECT i, a, ((a >> 9) * 1103515245 + a % 65521 * 69069) % 2147483647 FROM draw_1),
draw_3(i, a, b, c) AS (SELECT i, a, b, ((b >> 7) * 1664525 + b % 32749 * 22695477) % 2147483629 FROM draw_2)
INSERT INTO n
SELECT i, a >> 5, b, c, printf('%02d:%02d:%02d', 8 + b % 10, c % 60, a % 60),
    ('["Ada","Ben","Cora","Dev","Elif","Finn","Grace","Hugo","Iris","Jonas","Kim","Lena","Marek","Nadia","Omar","Priya"]'
        ->> ((b >> 3) % 16)) || ' ' ||
    ('["Archer","Baker","Cole","Dunn","Ellis","Fox","Grant","Hale","Ito","Jones","Khan","Lowe","Moss","Novak","Okoro",' ||
        '"Price","Quinn","Reid","Shaw","Tate"]' ->> ((c >> 3) % 20))
FROM draw_3;

-- =========================================================== Sales: people, and every direct contact with them (octree)

CREATE TABLE clients (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    keep_months INTEGER -- what the client's contract says about the records that we keep for it
);
INSERT INTO clients SELECT i, 'Client ' || i || ' Ltd', ('[12,24,36,60,84]' ->> (a % 5)) FROM n WHERE i <= 400;
INSERT INTO clients VALUES
    (900001, 'Contract says nothing', NULL),
    (900002, 'Contract says 0 months', 0),
    (900003, 'Contract says forever', 'forever'),
    (900004, 'Contract says minus 12', -12),
    (900005, 'Contract says 6 months', 6),
    (900006, 'Contract says 24 months', 24);

CREATE TABLE contacts (
    id INTEGER PRIMARY KEY,
    client_id INTEGER REFERENCES clients (id),
    kind TEXT NOT NULL, -- person, or role (info@ and the like: nobody's personal data)
    full_name TEXT NOT NULL,
    email TEXT UNIQUE,
    phone TEXT,
    born_on TEXT,
    created_at TEXT
);
CREATE INDEX contacts_client ON contacts (client_id);
INSERT INTO contacts
SELECT i, CASE WHEN c % 10 = 0 THEN 1 + a % 400 END, CASE WHEN b % 20 = 0 THEN 'role' ELSE 'person' END, name,
    lower(replace(name, ' ', '.')) || i || '@mail.example', printf('+44 7700 900%03d', a % 1000),
    CASE WHEN a % 3 > 0 THEN date('1945-03-02', (b % 21000) || ' days') END,
    date('2026-06-30', -(1200 + a % 2600) || ' days') || ' ' || clock
FROM n WHERE i <= 11000;
-- Met not long ago, and not spoken to since.
INSERT INTO contacts
SELECT i, NULL, 'person', name, lower(replace(name, ' ', '.')) || i || '@mail.example', NULL, NULL,
    date('2026-06-30', -(a % 1400) || ' days') || ' ' || clock
FROM n WHERE i BETWEEN 11001 AND 12000;

CREATE TABLE calls (
    id INTEGER PRIMARY KEY,
    contact_id INTEGER,
    started_at TEXT,
    answered INTEGER NOT NULL,
    caller_number TEXT,
    summary TEXT
);
CREATE INDEX calls_contact ON calls (contact_id, started_at);
INSERT INTO calls
SELECT i, 1 + c % 11000, date('2026-06-30', -(a % 3650) || ' days') || ' ' || clock, b % 9 > 0,
    printf('+44 7700 900%03d', c % 1000), 'Spoke about order ' || (a % 9000)
FROM n WHERE i <= 25000;

CREATE TABLE emails (
    id INTEGER PRIMARY KEY,
    contact_id INTEGER,
    sent INTEGER,
    kind TEXT NOT NULL,
    address TEXT,
    subject TEXT,
    body TEXT
);
CREATE INDEX emails_contact ON emails (contact_id, sent);
INSERT INTO emails
SELECT i, 1 + a % 11000, 1782777600 - b % 315360000, CASE WHEN c % 4 = 0 THEN 'newsletter' ELSE 'personal' END,
    lower(replace(name, ' ', '.')) || '@mail.example', 'Your enquiry ' || (c % 9000),
        'Dear ' || name || ', thank you for writing.'
FROM n WHERE i <= 25000;

CREATE TABLE meetings (
    id INTEGER PRIMARY KEY,
    contact_id INTEGER REFERENCES contacts (id) ON DELETE CASCADE,
    held_on DATE,
    place TEXT,
    attendees TEXT
);
CREATE INDEX meetings_contact ON meetings (contact_id, held_on);
INSERT INTO meetings
SELECT i, 1 + b % 11000, date('2026-06-30', -(c % 3650) || ' days'), 'Room ' || (a % 12), name
FROM n WHERE i <= 8000;

CREATE TABLE contact_notes (id INTEGER PRIMARY KEY, contact_id INTEGER NOT NULL REFERENCES contacts (id), note TEXT);
CREATE INDEX contact_notes_contact ON contact_notes (contact_id);
INSERT INTO contact_notes SELECT i, 1 + (a + c) % 11000, 'Prefers to be called by ' || name FROM n WHERE i <= 9000;

CREATE TABLE deals (
    id INTEGER PRIMARY KEY,
    contact_id INTEGER NOT NULL REFERENCES contacts (id),
    title TEXT,
    status TEXT NOT NULL,
    ends_on TEXT
);
CREATE INDEX deals_contact ON deals (contact_id);
INSERT INTO deals
SELECT i, 1 + (b + c) % 11000, 'Deal ' || i, CASE WHEN a % 4 = 0 THEN 'open' ELSE 'closed' END,
    CASE WHEN b % 5 > 0 THEN date('2026-12-31', -(c % 1500) || ' days') END
FROM n WHERE i <= 1500;

INSERT INTO contacts (id, kind, full_name, created_at) VALUES
    (900001, 'person', 'Last call on the cutoff day', '2015-01-01'),
    (900002, 'person', 'Last call in the last minute before the cutoff', '2015-01-01'),
    (900003, 'person', 'E-mail after midnight in London, before midnight in UTC', '2015-01-01'),
    (900004, 'person', 'E-mail before midnight in London', '2015-01-01'),
    (900005, 'person', 'Nothing but newsletters since 2020', '2015-01-01'),
    (900006, 'person', 'Call without a proper date', '2015-01-01'),
    (900007, 'person', 'Meeting on a zero date', '2015-01-01'),
    (900008, 'person', 'E-mail at zero', '2015-01-01'),
    (900009, 'person', 'No date at all', NULL),
    (900010, 'person', 'Meeting in the far future', '2015-01-01'),
    (900011, 'person', 'Meeting on a leap day', '2015-01-01'),
    (900012, 'person', 'E-mail date as text', '2015-01-01'),
    (900013, 'person', 'Call that was never dated', '2015-01-01'),
    (900014, 'person', 'Open deal', '2015-01-01'),
    (900016, 'person', 'Missed calls only since 2020', '2015-01-01'),
    (900017, 'person', 'Day that does not exist', '2019-02-29');
INSERT INTO contacts VALUES -- anonymised before
    (900015, NULL, 'person', 'REDACTED', 'x0e9azf00c0d1e2f@anonymised.invalid', NULL, '1980-01-01', '2015-01-01');
INSERT INTO calls VALUES
    (900001, 900001, '2023-06-30 00:00:00', 1, NULL, 'On the cutoff day'),
    (900002, 900002, '2023-06-29 23:59:59', 1, NULL, 'A second before it'),
    (900005, 900005, '2020-05-05 10:00:00', 1, NULL, 'The last real contact'),
    (900006, 900006, 'last summer', 1, NULL, 'Not a date'),
    (900013, 900013, NULL, 1, NULL, 'No date'),
    (900016, 900016, '2026-01-05 10:00:00', 0, NULL, 'Rang, nobody answered'),
    (900091, 990001, '2016-02-29 10:00:00', 1, '+44 7700 900123', 'A call of nobody that we know');
INSERT INTO emails VALUES
    (900003, 900003, unixepoch('2023-06-29 23:30:00'), 'personal', 'a@mail.example', 'Half past midnight', NULL),
    (900004, 900004, unixepoch('2023-06-29 22:30:00'), 'personal', 'b@mail.example', 'Half past eleven', NULL),
    (900005, 900005, unixepoch('2026-05-05 10:00:00'), 'newsletter', 'c@mail.example', 'Our news', NULL),
    (900008, 900008, 0, 'personal', 'd@mail.example', 'At zero', NULL),
    (900012, 900012, 'yesterday', 'personal', 'e@mail.example', 'At yesterday', NULL),
    (900091, 990001, unixepoch('2016-02-29 10:00:00'), 'personal', 'f@mail.example', 'From nobody that we know', NULL);
INSERT INTO meetings VALUES
    (900007, 900007, '0000-00-00', 'Room 1', NULL),
    (900010, 900010, '9999-01-01', 'Room 1', NULL),
    (900011, 900011, '2024-02-29', 'Room 1', NULL);
INSERT INTO deals VALUES (900014, 900014, 'Still open', 'open', NULL);

-- ================================================= Service desk: agreements, networks, users, access details (octree)

CREATE TABLE service_agreements (
    id INTEGER PRIMARY KEY,
    client_id INTEGER NOT NULL REFERENCES clients (id) ON DELETE RESTRICT,
    starts_on TEXT,
    ends_on TEXT
);
CREATE INDEX service_agreements_client ON service_agreements (client_id, ends_on);
-- A first agreement of two to four years each; a third of the clients renewed, some of them without an end.
INSERT INTO service_agreements
SELECT i, i, date('2026-06-30', -(500 + a % 2500) || ' days'), date('2026-06-30', -(a % 1800 - 300) || ' days')
    FROM n WHERE i <= 390;
INSERT INTO service_agreements
SELECT 1000 + i, i, date('2026-06-30', -(a % 500) || ' days'),
    CASE b % 4 WHEN 0 THEN NULL WHEN 1 THEN '9999-01-01' ELSE date('2026-06-30', (b % 900 - 200) || ' days') END
FROM n WHERE i <= 390 AND c % 3 = 0;
INSERT INTO service_agreements VALUES
    (900001, 900001, '2020-01-01', '0000-00-00'),
    (900002, 900002, '2020-01-01', '2026-06-29'), -- ended yesterday: kept through today
    (900003, 900003, '2020-01-01', '2026-06-28'), -- due today
    (900004, 900004, '2020-01-01', '2024-02-29'),
    (900005, 900005, '2020-01-01', '2024-02-29'), -- renewed
    (900006, 900005, '2024-03-01', '9999-01-01');

CREATE TABLE networks (
    id INTEGER PRIMARY KEY,
    client_id INTEGER REFERENCES clients (id),
    name TEXT,
    address_range TEXT
);
CREATE INDEX networks_client ON networks (client_id);
INSERT INTO networks SELECT i, 1 + a % 400, 'Network ' || i, printf('192.0.2.%d/28', b % 16 * 16) FROM n WHERE i <= 600;
INSERT INTO networks VALUES
    (900001, 900001, 'Agreement ends on a zero date', '198.51.100.0/28'),
    (900002, 900002, 'Agreement ended yesterday', '198.51.100.16/28'),
    (900003, 900003, 'Agreement ended the day before yesterday', '198.51.100.32/28'),
    (900004, 900004, 'Agreement ended on a leap day', '198.51.100.48/28'),
    (900005, 900005, 'Agreement ended and was renewed', '198.51.100.64/28'),
    (900006, 900006, 'Never had an agreement', '198.51.100.80/28');

CREATE TABLE network_users (
    network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE RESTRICT,
    login TEXT NOT NULL,
    full_name TEXT,
    PRIMARY KEY (network_id, login)
) WITHOUT ROWID;
INSERT INTO network_users SELECT 1 + i % 600, 'user' || i, name FROM n WHERE i <= 4000;
INSERT INTO network_users SELECT id, 'admin', name FROM networks WHERE id > 900000;

CREATE TABLE "access details" ( -- a blank in its name, like the spreadsheet that it was
    network_id INTEGER NOT NULL,
    login TEXT NOT NULL,
    system TEXT NOT NULL,
    secret BLOB,
    PRIMARY KEY (network_id, login, system),
    FOREIGN KEY (network_id, login) REFERENCES network_users ON DELETE CASCADE
) WITHOUT ROWID;
INSERT INTO "access details" SELECT network_id, login, 'vpn', zeroblob(12) FROM network_users;
INSERT INTO "access details"
SELECT network_id, login, 'mail server', x'00ff10' FROM network_users WHERE network_id % 2 = 0;

CREATE TABLE client_records (
    id INTEGER PRIMARY KEY,
    client_id INTEGER,
    recorded_on TEXT,
    content TEXT
); -- client_id: no key was ever declared
CREATE INDEX client_records_client ON client_records (client_id);
INSERT INTO client_records
SELECT i, 1 + b % 400, date('2026-06-30', -(c % 3000) || ' days'), 'Visit report by ' || name FROM n WHERE i <= 8000;
INSERT INTO client_records VALUES
    (900001, 900001, '2010-01-01', 'The contract says nothing'),
    (900002, 900002, '2010-01-01', 'The contract says 0 months'),
    (900003, 900003, '2010-01-01', 'The contract says forever'),
    (900004, 900004, '2010-01-01', 'The contract says minus 12'),
    (900005, 900005, '2025-12-31', 'Six months from 31 December end on 30 June: kept through today'),
    (900006, 900005, '2025-12-29', 'Due today'),
    (900007, 900006, '2024-02-29', 'Two years from a leap day end on 28 February'),
    (900008, 990001, '2010-01-01', 'Of a client that is not there'),
    (900009, 900005, '01.02.2015', 'Not a date in the form of this column'),
    (900010, 900005, NULL, 'No date');

-- =================================================================== Accounts: invoices, lines and payments (octree)

CREATE TABLE invoices (
    series TEXT NOT NULL,
    number INTEGER NOT NULL,
    client_id INTEGER REFERENCES clients (id),
    issued_on TEXT,
    status TEXT NOT NULL, -- paid, open, disputed
    bill_to TEXT,
    PRIMARY KEY (series, number)
);
INSERT INTO invoices
SELECT ('["A","B","C"]' ->> (a % 3)), i, 1 + b % 400, date('2026-06-30', -(c % 3650) || ' days'),
    CASE WHEN b % 50 = 0 THEN 'open' WHEN b % 50 = 1 THEN 'disputed' ELSE 'paid' END, name
FROM n WHERE i <= 20000;
INSERT INTO invoices VALUES
    ('Z', 900001, NULL, '2020-03-31', 'paid', 'Last day of the financial year'),
    ('Z', 900002, NULL, '2020-04-01', 'paid', 'First day of the next financial year'),
    ('Z', 900003, NULL, '2020-02-29', 'paid', 'Leap day'),
    ('Z', 900004, NULL, '2019-02-29', 'paid', 'A day that does not exist'),
    ('Z', 900005, NULL, '31/03/2019', 'paid', 'Day first'),
    ('Z', 900006, NULL, '2015-05-05', 'paid', 'Paid years later'),
    ('Z', 900007, NULL, '2015-05-05', 'open', 'Never paid'),
    ('Z', 900008, NULL, NULL, 'paid', 'No date'),
    ('Z', 900009, NULL, '2015-05-05', 'paid', 'Payment booked on a zero date');

CREATE TABLE "invoice lines" (
    series TEXT NOT NULL,
    number INTEGER NOT NULL,
    line INTEGER NOT NULL,
    description TEXT,
    pence INTEGER,
    PRIMARY KEY (series, number, line),
    FOREIGN KEY (series, number) REFERENCES invoices (series, number) ON DELETE RESTRICT
) WITHOUT ROWID;
INSERT INTO "invoice lines"
SELECT series, number, line, 'Service ' || ((number + line) % 90), (number * line * 37) % 90000
FROM invoices, (SELECT 1 AS line UNION ALL SELECT 2 UNION ALL SELECT 3) WHERE line <= 1 + number % 3;

CREATE TABLE payments (
    id INTEGER PRIMARY KEY,
    series TEXT NOT NULL,
    number INTEGER NOT NULL,
    paid_on DATE,
    account_holder TEXT,
    FOREIGN KEY (series, number) REFERENCES invoices (series, number) ON DELETE RESTRICT
);
CREATE INDEX payments_invoice ON payments (series, number, paid_on);
INSERT INTO payments
SELECT i, v.series, v.number, min(date(v.issued_on, (a % 60) || ' days'), '2026-06-30'), n.name
FROM n JOIN invoices v ON v.number = n.i WHERE v.status = 'paid' AND i <= 20000;
INSERT INTO payments VALUES
    (900001, 'Z', 900001, '2020-03-31', 'Paid on the last day of the financial year'),
    (900006, 'Z', 900006, '2021-04-05', 'Paid six years late'),
    (900009, 'Z', 900009, '0000-00-00', 'Booked on a zero date');

-- ============================================================== Recruitment: applicants through the website (stratas)

CREATE TABLE applicants (
    id INTEGER PRIMARY KEY,
    full_name TEXT,
    email TEXT,
    applied_on TEXT,
    outcome TEXT,
    decided_on TEXT,
    talent_pool_until TEXT
);
INSERT INTO applicants
SELECT i, name, lower(replace(name, ' ', '.')) || i || '@mail.example', date('2026-06-30', -(a % 900 + 20) || ' days'),
    CASE WHEN b % 10 < 7 THEN 'unsuccessful' WHEN b % 10 = 7 THEN 'hired' END,
    CASE WHEN b % 10 < 8 THEN date('2026-06-30', -(a % 900) || ' days') || 'T' || clock || '.250' END,
    CASE WHEN c % 12 = 0 THEN date('2026-06-30', (c % 730 - 365) || ' days') END
FROM n WHERE i <= 3000;
INSERT INTO applicants VALUES
    (900001, 'Told on the cutoff day', NULL, '2025-12-01', 'unsuccessful', '2026-01-31', NULL),
    (900002, 'Told on the day before it', NULL, '2025-12-01', 'unsuccessful', '2026-01-30T23:59:59Z', NULL),
    (900003, 'Never told when', NULL, '2019-12-01', 'unsuccessful', NULL, NULL),
    (900004, 'Told on a leap day', NULL, '2024-01-01', 'unsuccessful', '2024-02-29', NULL),
    (900005, 'In the talent pool through today', NULL, '2024-01-01', 'unsuccessful', '2024-02-29', '2026-06-30'),
    (900006, 'In the talent pool until yesterday', NULL, '2024-01-01', 'unsuccessful', '2024-02-29', '2026-06-29'),
    (900007, 'Told in 24:00 time', NULL, '2024-01-01', 'unsuccessful', '2024-03-01 25:61', NULL);

CREATE TABLE applicant_documents (
    id INTEGER PRIMARY KEY,
    applicant_id INTEGER NOT NULL REFERENCES applicants (id) ON DELETE CASCADE,
    file_name TEXT,
    content BLOB
);
CREATE INDEX applicant_documents_applicant ON applicant_documents (applicant_id);
INSERT INTO applicant_documents
SELECT i, 1 + i % 3000, 'cv-' || i || '.pdf', x'255044462d312e34' FROM n WHERE i <= 6000;
CREATE TABLE interviews (
    id INTEGER PRIMARY KEY,
    applicant_id INTEGER NOT NULL REFERENCES applicants (id),
    held_on TEXT,
    interviewer TEXT
);
CREATE INDEX interviews_applicant ON interviews (applicant_id);
INSERT INTO interviews SELECT i, 1 + a % 3000, date('2026-06-30', -(b % 900) || ' days'), name FROM n WHERE i <= 1500;
CREATE TABLE "interview notes" (
    interview_id INTEGER NOT NULL REFERENCES interviews (id),
    page INTEGER NOT NULL,
    note TEXT,
    PRIMARY KEY (interview_id, page)
);
INSERT INTO "interview notes" SELECT id, 1, 'Asked about pay' FROM interviews;
INSERT INTO "interview notes" SELECT id, 2, 'Brought references' FROM interviews WHERE id % 3 = 0;

-- ======================================================= Customer portal and telephone: accounts, recordings (stratas)

CREATE TABLE portal_accounts (
    id INTEGER PRIMARY KEY,
    login TEXT NOT NULL UNIQUE COLLATE NOCASE,
    email TEXT,
    status TEXT NOT NULL,
    closed_on TEXT
);
INSERT INTO portal_accounts
SELECT i, 'login' || i, lower(replace(name, ' ', '.')) || i || '@mail.example',
    CASE WHEN c % 6 = 0 THEN 'closed' ELSE 'active' END,
    CASE WHEN c % 6 = 0 THEN date('2026-06-30', -(a % 2000) || ' days') END
FROM n WHERE i <= 2000;
INSERT INTO portal_accounts VALUES
    (900001, 'closed.without.a.date', NULL, 'closed', NULL),
    (900002, 'closed.with.an.open.ticket', NULL, 'closed', '2020-02-29'),
    (900003, 'active.since.ever', NULL, 'active', '0000-00-00');
CREATE TABLE tickets (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES portal_accounts (id) ON DELETE RESTRICT,
    status TEXT NOT NULL,
    question TEXT
);
CREATE INDEX tickets_account ON tickets (account_id);
INSERT INTO tickets
SELECT i, 1 + a % 2000, CASE WHEN b % 9 = 0 THEN 'open' ELSE 'solved' END, 'How do I change my name, ' || name || '?'
    FROM n WHERE i <= 1500;
INSERT INTO tickets VALUES (900002, 900002, 'open', 'Where is my refund?');

CREATE TABLE call_recordings (
    id INTEGER PRIMARY KEY,
    started INTEGER,
    caller_number TEXT,
    agent TEXT,
    file TEXT,
    disputed INTEGER NOT NULL DEFAULT 0
);
-- Ids above 32 bits, and unix time in milliseconds.
INSERT INTO call_recordings
SELECT 5000000000 + i, (1782777600 - b % 63072000) * 1000 + c % 1000, printf('+44 7700 900%03d', a % 1000), name,
    'recordings/' || i || '.ogg', c % 80 = 0
FROM n WHERE i <= 12000;
INSERT INTO call_recordings VALUES
    (900001, 1767052800000, NULL, NULL, 'midnight-of-the-cutoff.ogg', 0),
    (900002, 1767052799999, NULL, NULL, 'a-millisecond-before.ogg', 0),
    (900003, 0, NULL, NULL, 'zero.ogg', 0),
    (900004, NULL, NULL, NULL, 'no-date.ogg', 0),
    (900005, 'n/a', NULL, NULL, 'text.ogg', 0),
    (900006, 1735689600, NULL, NULL, 'seconds-for-milliseconds.ogg', 0),
    (900007, 1709164800000, NULL, NULL, 'leap-day.ogg', 0),
    (900008, 1709164800000, NULL, NULL, 'disputed.ogg', 1);

-- ===================================================== Personnel: applications on file, employees, complaints (oktra)

CREATE TABLE applications (id TEXT PRIMARY KEY NOT NULL, full_name TEXT, post TEXT, received_on TEXT) WITHOUT ROWID;
INSERT INTO applications
SELECT printf('A-%05d', i), name, 'Post ' || (a % 40), date('2026-06-30', -(b % 3300) || ' days') FROM n
    WHERE i <= 2500;
INSERT INTO applications VALUES
    ('Z-1', 'Received on the cutoff day', 'Post 1', '2021-07-30'),
    ('Z-2', 'Received on the last of a long month', 'Post 1', '2021-07-31'),
    ('Z-3', 'Received on the day before the cutoff', 'Post 1', '2021-07-29'),
    ('Z-4', 'Received on a leap day', 'Post 1', '2020-02-29'),
    ('Z-5', 'Nobody wrote down when', 'Post 1', ''),
    ('Z-6', 'Five years ago yesterday', 'Post 1', '2021-06-29');
CREATE TABLE application_files (
    id INTEGER PRIMARY KEY,
    application_id TEXT,
    file_name TEXT
); -- no key was ever declared
CREATE INDEX application_files_application ON application_files (application_id);
INSERT INTO application_files SELECT i, printf('A-%05d', 1 + a % 2500), 'scan-' || i || '.tif' FROM n WHERE i <= 2500;
INSERT INTO application_files VALUES (900001, 'A-99999', 'of-an-application-that-is-gone.tif');

CREATE TABLE employees (
    id INTEGER PRIMARY KEY,
    full_name TEXT NOT NULL,
    born_on TEXT,
    manager_id INTEGER REFERENCES employees (id),
    pension_claim TEXT
);
CREATE INDEX employees_manager ON employees (manager_id);
INSERT INTO employees
SELECT i, name, date('1950-03-02', (a % 18000) || ' days'), CASE WHEN i > 40 THEN 1 + b % 40 END,
    CASE WHEN c % 40 = 0 THEN 'open' END
FROM n WHERE i <= 800;
CREATE TABLE employments (
    employee_id INTEGER NOT NULL REFERENCES employees (id) ON DELETE RESTRICT,
    started_on TEXT NOT NULL,
    ended_on TEXT, -- 9999-01-01: still employed
    post TEXT,
    PRIMARY KEY (employee_id, started_on)
) WITHOUT ROWID;
INSERT INTO employments
SELECT i, date('2026-06-30', -(1000 + a % 6000) || ' days'),
    CASE WHEN b % 5 < 2 THEN '9999-01-01' ELSE date('2026-06-30', -(a % 6000) || ' days') END, 'Post ' || (c % 40)
FROM n WHERE i <= 790;
-- A second post after the first.
INSERT INTO employments
SELECT employee_id, date(ended_on, '1 day'), date(ended_on, '900 days'), 'Second post' FROM employments
WHERE ended_on < '2024-01-01' AND employee_id % 3 = 0;
INSERT INTO employees VALUES
    (900001, 'Still employed', '1970-01-01', NULL, NULL),
    (900002, 'Left on a leap day', '1970-01-01', NULL, NULL),
    (900003, 'Left on the cutoff day', '1970-01-01', NULL, NULL),
    (900004, 'Left on the day before it', '1970-01-01', 900002, NULL),
    (900005, 'Left, the end was never written down', '1970-01-01', NULL, NULL),
    (900006, 'Left long ago, came back', '1970-01-01', NULL, NULL),
    (900007, 'Never had a post', '1970-01-01', NULL, NULL),
    (900008, 'Left long ago, claims a pension', '1970-01-01', NULL, 'open'),
    (900009, 'Ended on a zero date', '1970-01-01', NULL, NULL),
    (900010, 'Works for somebody who left', '1970-01-01', 900002, NULL);
INSERT INTO employments VALUES
    (900001, '1990-01-01', '9999-01-01', 'Founder'),
    (900002, '2001-01-01', '2020-02-29', 'Manager'),
    (900003, '2001-01-01', '2020-06-30', 'Clerk'),
    (900004, '2001-01-01', '2020-06-29', 'Clerk'),
    (900005, '2001-01-01', '2003-01-01', 'Trainee'), (900005, '2003-01-02', NULL, 'Clerk'),
    (900006, '2001-01-01', '2003-01-01', 'Trainee'), (900006, '2019-01-01', '9999-01-01', 'Manager'),
    (900008, '1990-01-01', '2010-01-01', 'Clerk'),
    (900009, '1990-01-01', '0000-00-00', 'Clerk'),
    (900010, '2015-01-01', '9999-01-01', 'Clerk');
CREATE TABLE absences (
    id INTEGER PRIMARY KEY,
    employee_id INTEGER NOT NULL REFERENCES employees (id) ON DELETE CASCADE,
    first_day TEXT,
    days INTEGER,
    reason TEXT
);
CREATE INDEX absences_employee ON absences (employee_id);
INSERT INTO absences
SELECT i, 1 + a % 800, date('2026-06-30', -(b % 6000) || ' days'), 1 + c % 9, 'Doctor''s note' FROM n WHERE i <= 6000;
CREATE TABLE employee_documents (
    id INTEGER PRIMARY KEY,
    employee_id INTEGER NOT NULL REFERENCES employees (id),
    title TEXT
);
CREATE INDEX employee_documents_employee ON employee_documents (employee_id);
INSERT INTO employee_documents SELECT i, 1 + b % 800, 'Appraisal by ' || name FROM n WHERE i <= 4000;
CREATE TABLE document_pages (
    document_id INTEGER NOT NULL REFERENCES employee_documents (id),
    page INTEGER NOT NULL,
    text TEXT,
    PRIMARY KEY (document_id, page)
) WITHOUT ROWID;
INSERT INTO document_pages SELECT id, 1, title FROM employee_documents;
INSERT INTO document_pages SELECT id, 2, 'Signed' FROM employee_documents WHERE id % 2 = 0;

CREATE TABLE complaints (
    id INTEGER PRIMARY KEY,
    employee_id INTEGER REFERENCES employees (id) ON DELETE SET NULL,
    received_on TEXT,
    closed_on TEXT,
    complaint TEXT
);
CREATE INDEX complaints_employee ON complaints (employee_id);
INSERT INTO complaints
SELECT i, 1 + c % 800, date('2026-06-30', -(200 + a % 4000) || ' days'),
    CASE WHEN b % 12 > 0 THEN date('2026-06-30', -(200 + a % 4000 - b % 180) || ' days') END, 'About ' || name
FROM n WHERE i <= 600;
INSERT INTO complaints VALUES
    (900001, NULL, '2010-01-01', NULL, 'Still open after all these years'),
    (900002, 900002, '2019-01-01', '2020-06-29', 'Closed on the day before the cutoff'),
    (900003, 900002, '2019-01-01', '2020-06-30', 'Closed on the cutoff day'),
    (900004, NULL, '2014-01-01', '2020-02-29', 'Closed on a leap day'),
    (900005, NULL, '2014-01-01', 'settled', 'Closed on no date');
CREATE TABLE complaint_letters (
    id INTEGER PRIMARY KEY,
    complaint_id INTEGER NOT NULL REFERENCES complaints (id) ON DELETE CASCADE,
    letter TEXT
);
CREATE INDEX complaint_letters_complaint ON complaint_letters (complaint_id);
INSERT INTO complaint_letters SELECT i, 1 + a % 600, 'Dear Sir or Madam, ' || name FROM n WHERE i <= 1200;

-- ============================================= Exemplar Online: accounts, usage, purchases, messages, logs (oktoring)

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    display_name TEXT,
    email TEXT NOT NULL UNIQUE,
    opened_on TEXT,
    last_active_on TEXT,
    last_address TEXT
);
INSERT INTO accounts
SELECT i, name, lower(replace(name, ' ', '.')) || i || '@mail.example', date('2026-06-30',
    -(1500 + a % 1500) || ' days'),
    date('2026-06-30', -(a % 1500) || ' days'), printf('198.51.100.%d', 1 + b % 254)
FROM n WHERE i <= 6000;
INSERT INTO accounts VALUES
    (900001, 'Active on the cutoff day', 'e1@mail.example', '2015-01-01', '2024-06-30', '198.51.100.7'),
    (900002, 'Active on the day before it', 'e2@mail.example', '2015-01-01', '2024-06-29', '198.51.100.7'),
    (900003, 'Active on a leap day', 'e3@mail.example', '2015-01-01', '2024-02-29', '2001:db8:1:2::1'),
    (900004, 'Active in 1900, says the import', 'e4@mail.example', '2015-01-01', '1900-01-01', NULL),
    (900005, 'Never active', 'e5@mail.example', '2015-01-01', NULL, NULL),
    (900006, 'Never active, bought something last year', 'e6@mail.example', '2015-01-01', NULL, NULL),
    (900007, 'No date at all', 'e7@mail.example', NULL, NULL, NULL),
    (900008, 'Purchase without a proper date', 'e8@mail.example', '2015-01-01', '2016-01-01', NULL);

CREATE TABLE usage_data (
    account_id INTEGER NOT NULL, day TEXT NOT NULL, feature TEXT NOT NULL, uses INTEGER,
    PRIMARY KEY (account_id, day, feature)
) WITHOUT ROWID;
INSERT OR IGNORE INTO usage_data
SELECT 1 + a % 6000, date('2026-06-30', -(b % 800) || ' days'), ('["search","export","share"]' ->> (c % 3)), c % 50
FROM n WHERE i <= 30000;
INSERT INTO usage_data VALUES
    (900001, '2025-06-30', 'search', 1), -- the cutoff day
    (900001, '2025-06-29', 'search', 1), -- the day before
    (900001, '2024-02-29', 'search', 1),
    (900001, 'unknown', 'search', 1),
    (990001, '2020-01-01', 'search', 1); -- of an account that is gone

CREATE TABLE transactions (
    id INTEGER PRIMARY KEY,
    account_id INTEGER REFERENCES accounts (id),
    booked_on TEXT,
    card_holder TEXT,
    pence INTEGER
);
CREATE INDEX transactions_account ON transactions (account_id, booked_on);
-- Customers bought things while they were active.
INSERT INTO transactions
SELECT n.i, t.id, date(t.last_active_on, -(n.b % 2600) || ' days'), t.display_name, n.c % 90000
FROM n JOIN accounts t ON t.id = 1 + n.a % 6000 WHERE n.i <= 15000;
INSERT INTO transactions VALUES
    (900001, NULL, '2019-06-30', 'On the cutoff day', 100),
    (900002, NULL, '2019-06-29', 'On the day before it', 100),
    (900003, NULL, '2016-02-29', 'On a leap day', 100),
    (900004, NULL, '9999-01-01', 'Subscription that never ends', 100),
    (900006, 900006, '2025-07-01', 'Last year', 100),
    (900008, 900008, '2016-13-01', 'Thirteenth month', 100);
CREATE TABLE transaction_lines (
    transaction_id INTEGER NOT NULL REFERENCES transactions (id) ON DELETE RESTRICT,
    line INTEGER NOT NULL,
    item TEXT,
    PRIMARY KEY (transaction_id, line)
) WITHOUT ROWID;
INSERT INTO transaction_lines SELECT id, 1, 'Item ' || (id % 300) FROM transactions;
INSERT INTO transaction_lines SELECT id, 2, 'Delivery' FROM transactions WHERE id % 3 = 0;

CREATE TABLE messages (id INTEGER PRIMARY KEY, account_id INTEGER, sent_at TEXT, message TEXT);
INSERT INTO messages
SELECT i, 1 + c % 6000, strftime('%Y-%m-%dT%H:%M:%SZ', 1782777600 - b % 189216000, 'unixepoch'),
    'Hello, this is ' || name FROM n WHERE i <= 20000;
INSERT INTO messages VALUES
    (900001, 900001, '2023-06-29T23:00:00Z', 'Midnight in London: the first instant of the cutoff day'),
    (900002, 900001, '2023-06-29T22:59:59Z', 'The last second before it'),
    (900003, 900001, '2024-02-29T12:00:00Z', 'Leap day'),
    (900004, 900001, 'soon', 'No date'),
    (900005, 990001, '2016-02-29T12:00:00Z', 'From an account that is gone');
CREATE TABLE message_attachments (
    id INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    file_name TEXT
);
CREATE INDEX message_attachments_message ON message_attachments (message_id);
INSERT INTO message_attachments SELECT i, 1 + a % 20000, 'photo-' || i || '.jpg' FROM n WHERE i <= 5000;

CREATE TABLE tech_logs (id INTEGER PRIMARY KEY, at INTEGER, address TEXT, request TEXT);
INSERT INTO tech_logs
SELECT i, 1782777600 - i * 525 - b % 500, printf('203.0.113.%d', 1 + a % 254), 'GET /page/' || (c % 500) FROM n
    WHERE i <= 60000;
INSERT INTO tech_logs VALUES
    (900001, 1767052800, '203.0.113.1', 'midnight of the cutoff day'),
    (900002, 1767052799, '203.0.113.1', 'the second before it'),
    (900003, 0, '203.0.113.1', 'zero'),
    (900004, -86400, '203.0.113.1', 'before zero'),
    (900005, NULL, '203.0.113.1', 'no date'),
    (900006, '2025-01-01', '203.0.113.1', 'text in a column of numbers'),
    (900007, 1767225599, '203.0.113.1', 'the last second of 31 December'),
    (900008, 1709164800, '203.0.113.1', 'leap day'),
    (900009, 1735689600.5, '203.0.113.1', 'half a second past');

-- ==================================================== Learning club: members, guardians, posts, enquiries (oktabit)

CREATE TABLE members (id INTEGER PRIMARY KEY, full_name TEXT, email TEXT UNIQUE, born_on TEXT, town TEXT, left_on TEXT);
INSERT INTO members
SELECT i, name, lower(replace(name, ' ', '.')) || i || '@mail.example',
    CASE WHEN a % 25 = 0 THEN date('2014-01-01', (b % 4000) || ' days') WHEN a % 25 < 22 THEN date('1950-01-01',
        (b % 20000) || ' days') END,
    'Town ' || (c % 80), CASE WHEN c % 5 = 0 THEN date('2026-06-30', (30 - b % 1500) || ' days') END
FROM n WHERE i <= 3000;
INSERT INTO members VALUES
    (900001, 'Thirteen today', 'm1@mail.example', '2013-06-30', 'Town', NULL),
    (900002, 'Thirteen tomorrow', 'm2@mail.example', '2013-07-01', 'Town', NULL),
    (900003, 'Born on a leap day', 'm3@mail.example', '2016-02-29', 'Town', NULL),
    (900004, 'Born in the far future', 'm4@mail.example', '9999-01-01', 'Town', NULL),
    (900005, 'Born unknown', 'm5@mail.example', 'unknown', 'Town', NULL),
    (900006, 'Born in a year', 'm6@mail.example', '2016', 'Town', NULL),
    (900007, 'Born never', 'm7@mail.example', NULL, 'Town', NULL),
    (900008, 'Child that left', 'm8@mail.example', '2017-01-01', 'Town', '2026-01-01'),
    (900009, 'Left, keeps a certificate', 'm9@mail.example', '1990-01-01', 'Town', '2020-02-29'),
    (900010, 'Leaves tomorrow', 'm10@mail.example', '1990-01-01', 'Town', '2026-07-01'),
    (900011, 'Leaves on no date', 'm11@mail.example', '1990-01-01', 'Town', 'next year');
INSERT INTO members VALUES -- anonymised before
    (900012, 'REDACTED', 'x0e9azf00c0d1e2f@anonymised.invalid', '1990-01-01', NULL, '2020-02-29');
CREATE TABLE guardians (
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    full_name TEXT NOT NULL,
    phone TEXT,
    PRIMARY KEY (member_id, full_name)
) WITHOUT ROWID;
INSERT INTO guardians SELECT id, 'Guardian of ' || full_name, '+44 7700 900000' FROM members WHERE born_on > '2012';
CREATE TABLE certificates (
    id INTEGER PRIMARY KEY,
    member_id INTEGER REFERENCES members (id) ON DELETE SET NULL,
    valid_until TEXT
);
CREATE INDEX certificates_member ON certificates (member_id);
INSERT INTO certificates SELECT i, 1 + a % 3000, date('2026-06-30', (b % 2000 - 1000) || ' days') FROM n WHERE i <= 500;
INSERT INTO certificates VALUES (900009, 900009, '2026-06-30'), (900012, 900008, '2030-01-01');
CREATE TABLE posts (
    id INTEGER PRIMARY KEY,
    member_id INTEGER REFERENCES members (id),
    posted_on TEXT,
    signature TEXT,
    text TEXT
);
CREATE INDEX posts_member ON posts (member_id);
INSERT INTO posts
SELECT n.i, m.id, date('2026-06-30', -(n.b % 1500) || ' days'), m.full_name, 'I liked lesson ' || (n.c % 60)
FROM n JOIN members m ON m.id = 1 + n.a % 3000 WHERE n.i <= 6000;
INSERT INTO posts VALUES (900002, 900002, '2026-06-01', 'Thirteen tomorrow', 'Hello');

COMMIT;
