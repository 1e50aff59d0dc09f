-- A platform as it might be. Yours is there already: skip this file.

CREATE TABLE account (
    id       bigint PRIMARY KEY,
    name     text NOT NULL,
    country  text,
    adult    boolean,
    state    text NOT NULL DEFAULT 'open',
    joined   timestamptz NOT NULL
);

CREATE TABLE post (
    id       bigint PRIMARY KEY,
    author   bigint NOT NULL REFERENCES account,
    body     text NOT NULL,
    language text,
    audience text NOT NULL,
    written  timestamptz NOT NULL,
    edited   timestamptz
);

CREATE TABLE private_message (
    id        bigint PRIMARY KEY,
    sender    bigint NOT NULL REFERENCES account,
    recipient bigint NOT NULL REFERENCES account,
    body      text NOT NULL
);

INSERT INTO account VALUES
    (1, 'Anna Schmidt', 'DE', true, 'open', '2014-05-02'),
    (2, 'Ben O''Neill', 'US', true, 'open', '2016-01-20'),
    (3, 'Chloé Martin', 'FR', true, 'open', '2019-11-03'),
    (4, 'Dora Young', 'US', false, 'open', '2024-02-14');

INSERT INTO post VALUES
    (10, 1, 'A bridge is a promise to whoever crosses it next.', 'en', 'everyone', '2024-03-01', NULL),
    (11, 1, 'Only for my contacts: we are hiring in Hamburg.', 'en', 'contacts', '2024-03-02', NULL),
    (12, 2, 'It''s done:' || chr(10) || 'the river is crossed.', 'en', 'everyone', '2024-03-03', NULL),
    (13, 3, 'Trois ponts, une ville, and a lot of concrete.', 'en', 'everyone', '2024-03-04', NULL),
    (14, 4, 'My first post, written at school.', 'en', 'everyone', '2024-03-05', NULL);

INSERT INTO private_message VALUES (90, 1, 2, 'Between us.');
