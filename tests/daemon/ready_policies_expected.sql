-- What the five ready policies must find in the example company on 30 June 2026, worked out in plain SQL from the
-- notices alone: no part of the program is asked. Every cutoff below was counted on a calendar, by hand.
-- Run on a copy of the company. Leaves tables: verdicts (one row a record), related (rows that go with the due) and
-- touched (rows that a purge of one policy changes or removes).

CREATE TABLE rules (policy TEXT, category TEXT PRIMARY KEY, cutoff TEXT, overdue TEXT);
INSERT INTO rules VALUES
    ('octree', 'contacts', '2023-06-30', '2023-06-22'),               -- 36 months; overdue after seven days more
    ('octree', 'financial_records', '2020-04-01', '2019-04-01'),      -- financial years end on 31 March; 6 and 7 years
    ('octree', 'company_information', '2026-06-29', '2026-06-21'),    -- 1 day
    ('octree', 'client_records', 'by client', 'by client'),
    ('stratas', 'unsuccessful_applicants', '2026-01-31', '2026-01-23'), -- 150 days
    ('stratas', 'inactive_accounts', NULL, NULL),                     -- none
    ('stratas', 'call_recordings', '2025-12-30', '2025-12-22'),       -- 6 months: 30 and 31 December end on 30 June
    ('oktra', 'applications', '2021-07-30', '2021-06-30'),            -- 59 months; 5 years
    ('oktra', 'employee_files', '2020-06-30', '2020-06-22'),          -- 6 years
    ('oktra', 'complaints', '2020-06-30', '2020-06-22'),              -- 6 years
    ('oktoring', 'accounts', '2024-06-30', '2024-06-22'),             -- 2 years
    ('oktoring', 'usage_data', '2025-06-30', '2025-06-22'),           -- 12 months
    ('oktoring', 'transactions', '2019-06-30', '2019-06-22'),         -- 7 years
    ('oktoring', 'communication_history', '2023-06-30', '2023-06-22'), -- 3 years
    ('oktoring', 'technical_logs', '2025-12-30', '2025-12-22'),       -- 6 months
    ('oktabit', 'children_under_13', NULL, NULL),                     -- none
    ('oktabit', 'no_longer_necessary', '2026-06-29', '2026-06-21');   -- 1 day
CREATE TABLE client_cutoffs (months, cutoff TEXT, overdue TEXT);
INSERT INTO client_cutoffs VALUES
    (6, '2025-12-30', '2025-12-22'), (12, '2025-06-30', '2025-06-22'), (24, '2024-06-30', '2024-06-22'),
    (36, '2023-06-30', '2023-06-22'), (60, '2021-06-30', '2021-06-22'), (84, '2019-06-30', '2019-06-22');

CREATE TABLE records (category TEXT, key TEXT, PRIMARY KEY (category, key));
INSERT INTO records SELECT 'contacts', id FROM contacts WHERE kind = 'person';
INSERT INTO records SELECT 'financial_records', series || ',' || number FROM invoices;
INSERT INTO records SELECT 'company_information', id FROM networks;
INSERT INTO records SELECT 'client_records', id FROM client_records;
INSERT INTO records SELECT 'unsuccessful_applicants', id FROM applicants WHERE outcome = 'unsuccessful';
INSERT INTO records SELECT 'inactive_accounts', id FROM portal_accounts WHERE status = 'closed';
INSERT INTO records SELECT 'call_recordings', id FROM call_recordings;
INSERT INTO records SELECT 'applications', id FROM applications;
INSERT INTO records SELECT 'employee_files', id FROM employees;
INSERT INTO records SELECT 'complaints', id FROM complaints;
INSERT INTO records SELECT 'accounts', id FROM accounts;
INSERT INTO records SELECT 'usage_data', account_id || ',' || day || ',' || feature FROM usage_data;
INSERT INTO records SELECT 'transactions', id FROM transactions;
INSERT INTO records SELECT 'communication_history', id FROM messages;
INSERT INTO records SELECT 'technical_logs', id FROM tech_logs;
INSERT INTO records
SELECT 'children_under_13', id FROM members WHERE date(born_on, '0 days') = born_on AND born_on BETWEEN '2013-07-01'
    AND '2026-06-30';
INSERT INTO records SELECT 'no_longer_necessary', id FROM members
    WHERE left_on IS NOT NULL AND id NOT IN (SELECT key FROM records WHERE category = 'children_under_13');

-- Every date that a rule looks at. A NULL of the record itself is no date; a NULL in a linked row is a bad one.
CREATE TABLE dates (category TEXT, key TEXT, value, form TEXT, day TEXT);
INSERT INTO dates (category, key, value, form)
    SELECT 'contacts', id, created_at, 'text' FROM contacts WHERE created_at IS NOT NULL
    UNION ALL SELECT 'contacts', contact_id, started_at, 'text' FROM calls WHERE answered = 1
    UNION ALL SELECT 'contacts', contact_id, sent, 'unix' FROM emails WHERE kind = 'personal'
    UNION ALL SELECT 'contacts', contact_id, held_on, 'text' FROM meetings
    UNION ALL SELECT 'financial_records', series || ',' || number, issued_on, 'text' FROM invoices
        WHERE issued_on IS NOT NULL
    UNION ALL SELECT 'financial_records', series || ',' || number, paid_on, 'text' FROM payments
    UNION ALL SELECT 'company_information', w.id, s.ends_on, 'text' FROM networks w
        JOIN service_agreements s USING (client_id)
    UNION ALL SELECT 'client_records', id, recorded_on, 'text' FROM client_records WHERE recorded_on IS NOT NULL
    UNION ALL SELECT 'unsuccessful_applicants', id, decided_on, 'text' FROM applicants WHERE decided_on IS NOT NULL
    UNION ALL SELECT 'call_recordings', id, started, 'unix-ms' FROM call_recordings WHERE started IS NOT NULL
    UNION ALL SELECT 'applications', id, received_on, 'text' FROM applications WHERE received_on IS NOT NULL
    UNION ALL SELECT 'employee_files', employee_id, ended_on, 'text' FROM employments
    UNION ALL SELECT 'complaints', id, received_on, 'text' FROM complaints WHERE received_on IS NOT NULL
    UNION ALL SELECT 'complaints', id, closed_on, 'text' FROM complaints WHERE closed_on IS NOT NULL
    UNION ALL SELECT 'accounts', id, opened_on, 'text' FROM accounts WHERE opened_on IS NOT NULL
    UNION ALL SELECT 'accounts', id, CASE WHEN last_active_on < '2000' THEN 'too early' ELSE last_active_on END, 'text'
        FROM accounts WHERE last_active_on IS NOT NULL
    UNION ALL SELECT 'accounts', account_id, booked_on, 'text' FROM transactions WHERE account_id IS NOT NULL
    UNION ALL SELECT 'usage_data', account_id || ',' || day || ',' || feature, day, 'text' FROM usage_data
    UNION ALL SELECT 'transactions', id, booked_on, 'text' FROM transactions WHERE booked_on IS NOT NULL
    UNION ALL SELECT 'communication_history', id, sent_at, 'text' FROM messages WHERE sent_at IS NOT NULL
    UNION ALL SELECT 'technical_logs', id, at, 'unix' FROM tech_logs WHERE at IS NOT NULL
    UNION ALL SELECT 'no_longer_necessary', id, left_on, 'text' FROM members WHERE left_on IS NOT NULL;
UPDATE dates SET value = value / 1000, form = 'unix' WHERE form = 'unix-ms' AND value > 1262304000000; -- 2010
UPDATE dates SET value = unixepoch(value), form = 'unix' WHERE form = 'text' AND value GLOB '*Z'
    AND unixepoch(value) > 0;
-- '0 days' makes SQLite count: 29 February 2019 would pass without it.
UPDATE dates SET day = substr(value, 1, 10)
    WHERE form = 'text' AND value GLOB '????-??-??*' AND date(substr(value, 1, 10), '0 days') = substr(value, 1, 10)
        AND datetime(value) IS NOT NULL;
UPDATE dates SET value = CAST(value AS INTEGER) WHERE form = 'unix' AND typeof(value) = 'real'; -- half a second past
-- London is an hour ahead from the last Sunday in March to the last Sunday in October, each at 01:00 UTC.
UPDATE dates SET day = date(value + 3600 * (
        value >= unixepoch(strftime('%Y', value, 'unixepoch') || '-03-25', 'weekday 0', '1 hour')
        AND value < unixepoch(strftime('%Y', value, 'unixepoch') || '-10-25', 'weekday 0', '1 hour')), 'unixepoch')
    WHERE form = 'unix' AND typeof(value) = 'integer' AND value > 0;

-- Reasons to stay, the first one first.
CREATE TABLE reasons (category TEXT, key TEXT, rank INTEGER, reason TEXT);
INSERT INTO reasons
    SELECT 'contacts', contact_id, 1, 'open deal' FROM deals WHERE status = 'open'
        AND ifnull(ends_on, '9999') >= '2026-06-30'
    UNION SELECT 'contacts', c.id, 2, 'works for a client under a service agreement' FROM contacts c
        JOIN service_agreements s USING (client_id)
        WHERE ifnull(s.ends_on, '9999') >= '2026-06-30'
    UNION SELECT 'financial_records', series || ',' || number, 1, 'not paid yet' FROM invoices WHERE status = 'open'
    UNION SELECT 'financial_records', series || ',' || number, 2, 'in dispute' FROM invoices WHERE status = 'disputed'
    UNION SELECT 'company_information', w.id, 1, 'agreement without an end date' FROM networks w
        JOIN service_agreements s USING (client_id) WHERE s.ends_on IS NULL
    UNION SELECT 'unsuccessful_applicants', id, 1, 'agreed to stay in the talent pool' FROM applicants
        WHERE talent_pool_until >= '2026-06-30'
    UNION SELECT 'inactive_accounts', account_id, 1, 'a ticket is still open' FROM tickets WHERE status = 'open'
    UNION SELECT 'call_recordings', id, 1, 'call in dispute' FROM call_recordings WHERE disputed = 1
    UNION SELECT 'employee_files', id, 1, 'pension claim' FROM employees WHERE pension_claim = 'open'
    UNION SELECT 'complaints', id, 1, 'not settled yet' FROM complaints WHERE closed_on IS NULL
    UNION SELECT 'no_longer_necessary', member_id, 1, 'holds a certificate that is still valid' FROM certificates
        WHERE valid_until >= '2026-06-30';

CREATE TABLE verdicts (policy TEXT, category TEXT, key TEXT, verdict TEXT, reason TEXT, day TEXT,
    overdue INTEGER, PRIMARY KEY (category, key));
CREATE INDEX dates_of ON dates (category, key);
CREATE INDEX reasons_of ON reasons (category, key);
INSERT INTO verdicts (policy, category, key, verdict, reason, day, overdue)
    WITH found AS (
        SELECT r.category, r.key,
            (SELECT max(day) FROM dates d WHERE d.category = r.category AND d.key = r.key) AS day,
            EXISTS (SELECT 1 FROM dates d WHERE d.category = r.category AND d.key = r.key AND d.day IS NULL) AS bad,
            (SELECT reason FROM reasons x WHERE x.category = r.category
                AND x.key = r.key ORDER BY rank LIMIT 1) AS reason,
            (SELECT k.cutoff FROM client_records c JOIN clients l ON l.id = c.client_id
                JOIN client_cutoffs k ON k.months = l.keep_months
                WHERE r.category = 'client_records' AND c.id = r.key) AS client_cutoff,
            (SELECT k.overdue FROM client_records c JOIN clients l ON l.id = c.client_id
                JOIN client_cutoffs k ON k.months = l.keep_months
                WHERE r.category = 'client_records' AND c.id = r.key) AS client_overdue
        FROM records r
    ), cut AS (
        SELECT u.policy, f.*, iif(u.cutoff = 'by client', client_cutoff, u.cutoff) AS cutoff,
            iif(u.overdue = 'by client', client_overdue, u.overdue) AS late, u.cutoff IS NULL AS none
        FROM found f JOIN rules u USING (category)
    ), judged AS (
        SELECT *, CASE
            WHEN category = 'contacts' AND key = '900015' OR category = 'no_longer_necessary'
                AND key = '900012' THEN 'done'
            WHEN day >= cutoff THEN 'retained'
            WHEN reason IS NOT NULL THEN 'exempt'
            WHEN NOT none AND (bad OR day IS NULL OR cutoff IS NULL) THEN 'undated'
            ELSE 'due' END AS verdict
        FROM cut)
    SELECT policy, category, key, verdict, iif(verdict = 'exempt', reason, NULL), day, verdict = 'due' AND day < late
        FROM judged;
CREATE INDEX verdicts_of ON verdicts (category, verdict, key);

-- Rows that go with what is due.
CREATE VIEW due AS SELECT policy, category, key FROM verdicts WHERE verdict = 'due';
CREATE TABLE going (category TEXT, name TEXT, action TEXT, row TEXT, PRIMARY KEY (category, name, row));
INSERT INTO going
    SELECT 'contacts', 'contact_notes', 'delete', id FROM contact_notes WHERE contact_id IN (SELECT key + 0 FROM due
        WHERE category = 'contacts')
    UNION ALL SELECT 'contacts', 'calls', 'anonymise', id FROM calls WHERE contact_id IN (SELECT key + 0 FROM due
        WHERE category = 'contacts')
    UNION ALL SELECT 'contacts', 'emails', 'anonymise', id FROM emails WHERE contact_id IN (SELECT key + 0 FROM due
        WHERE category = 'contacts')
    UNION ALL SELECT 'contacts', 'meetings', 'anonymise', id FROM meetings WHERE contact_id IN (SELECT key + 0
        FROM due WHERE category = 'contacts')
    UNION ALL SELECT 'financial_records', 'invoice lines', 'delete', series || ',' || number || ',' || line
        FROM "invoice lines"
        WHERE series || ',' || number IN (SELECT key FROM due WHERE category = 'financial_records')
    UNION ALL SELECT 'financial_records', 'payments', 'delete', id FROM payments
        WHERE series || ',' || number IN (SELECT key FROM due WHERE category = 'financial_records')
    UNION ALL SELECT 'company_information', 'network_users', 'delete', network_id || ',' || login FROM network_users
        WHERE network_id IN (SELECT key + 0 FROM due WHERE category = 'company_information')
    UNION ALL SELECT 'company_information', 'access details', 'delete', network_id || ',' || login || ',' || system
        FROM "access details"
        WHERE network_id IN (SELECT key + 0 FROM due WHERE category = 'company_information')
    UNION ALL SELECT 'unsuccessful_applicants', 'applicant_documents', 'delete', id FROM applicant_documents
        WHERE applicant_id IN (SELECT key + 0 FROM due WHERE category = 'unsuccessful_applicants')
    UNION ALL SELECT 'unsuccessful_applicants', 'interviews', 'delete', id FROM interviews
        WHERE applicant_id IN (SELECT key + 0 FROM due WHERE category = 'unsuccessful_applicants')
    UNION ALL SELECT 'unsuccessful_applicants', 'interview notes', 'delete', n.interview_id || ',' || n.page
        FROM "interview notes" n JOIN interviews i ON i.id = n.interview_id
        WHERE i.applicant_id IN (SELECT key + 0 FROM due WHERE category = 'unsuccessful_applicants')
    UNION ALL SELECT 'inactive_accounts', 'tickets', 'delete', id FROM tickets WHERE account_id IN (SELECT key + 0
        FROM due WHERE category = 'inactive_accounts')
    UNION ALL SELECT 'applications', 'application_files', 'delete', id FROM application_files
        WHERE application_id IN (SELECT key FROM due WHERE category = 'applications')
    UNION ALL SELECT 'employee_files', 'employments', 'delete', employee_id || ',' || started_on FROM employments
        WHERE employee_id IN (SELECT key + 0 FROM due WHERE category = 'employee_files')
    UNION ALL SELECT 'employee_files', 'absences', 'delete', id FROM absences WHERE employee_id IN (SELECT key + 0
        FROM due WHERE category = 'employee_files')
    UNION ALL SELECT 'employee_files', 'employee_documents', 'delete', id FROM employee_documents
        WHERE employee_id IN (SELECT key + 0 FROM due WHERE category = 'employee_files')
    UNION ALL SELECT 'employee_files', 'document_pages', 'delete', p.document_id || ',' || p.page
        FROM document_pages p JOIN employee_documents d ON d.id = p.document_id
        WHERE d.employee_id IN (SELECT key + 0 FROM due WHERE category = 'employee_files')
    UNION ALL SELECT 'employee_files', 'complaints', 'detach', id FROM complaints
        WHERE employee_id IN (SELECT key + 0 FROM due WHERE category = 'employee_files')
    UNION ALL SELECT 'employee_files', 'employees', 'detach', id FROM employees -- those who go themselves are no more
        WHERE manager_id IN (SELECT key + 0 FROM due WHERE category = 'employee_files')
            AND id NOT IN (SELECT key + 0 FROM due WHERE category = 'employee_files')
    UNION ALL SELECT 'complaints', 'complaint_letters', 'delete', id FROM complaint_letters
        WHERE complaint_id IN (SELECT key + 0 FROM due WHERE category = 'complaints')
    UNION ALL SELECT 'transactions', 'transaction_lines', 'delete', transaction_id || ',' || line FROM transaction_lines
        WHERE transaction_id IN (SELECT key + 0 FROM due WHERE category = 'transactions')
    UNION ALL SELECT 'communication_history', 'message_attachments', 'delete', id FROM message_attachments
        WHERE message_id IN (SELECT key + 0 FROM due WHERE category = 'communication_history')
    UNION ALL SELECT 'children_under_13', 'guardians', 'delete', member_id || ',' || full_name FROM guardians
        WHERE member_id IN (SELECT key + 0 FROM due WHERE category = 'children_under_13')
    UNION ALL SELECT 'children_under_13', 'posts', 'delete', id FROM posts WHERE member_id IN (SELECT key + 0
        FROM due WHERE category = 'children_under_13')
    UNION ALL SELECT 'children_under_13', 'certificates', 'detach', id FROM certificates
        WHERE member_id IN (SELECT key + 0 FROM due WHERE category = 'children_under_13')
    UNION ALL SELECT 'no_longer_necessary', 'guardians', 'delete', member_id || ',' || full_name FROM guardians
        WHERE member_id IN (SELECT key + 0 FROM due WHERE category = 'no_longer_necessary')
    UNION ALL SELECT 'no_longer_necessary', 'posts', 'anonymise', id FROM posts WHERE member_id IN (SELECT key + 0
        FROM due WHERE category = 'no_longer_necessary');
CREATE VIEW related AS SELECT category, name, action, count(*) AS records FROM going GROUP BY 1, 2, 3;

-- All rows that a purge of one policy removes or changes, by table; a row that two rules reach is one row.
CREATE TABLE tables (category TEXT PRIMARY KEY, name TEXT);
INSERT INTO tables VALUES ('contacts', 'contacts'), ('financial_records', 'invoices'), ('company_information',
    'networks'),
    ('client_records', 'client_records'), ('unsuccessful_applicants', 'applicants'), ('inactive_accounts',
        'portal_accounts'),
    ('call_recordings', 'call_recordings'), ('applications', 'applications'), ('employee_files', 'employees'),
        ('complaints', 'complaints'),
    ('accounts', 'accounts'), ('usage_data', 'usage_data'), ('transactions', 'transactions'),
        ('communication_history', 'messages'),
    ('technical_logs', 'tech_logs'), ('children_under_13', 'members'), ('no_longer_necessary', 'members');
CREATE TABLE touched (policy TEXT, name TEXT, row TEXT, PRIMARY KEY (policy, name, row));
INSERT OR IGNORE INTO touched SELECT policy, name, key FROM due JOIN tables USING (category);
INSERT OR IGNORE INTO touched SELECT policy, name, row FROM going JOIN rules USING (category);
