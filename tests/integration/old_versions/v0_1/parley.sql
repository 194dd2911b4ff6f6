--
-- PostgreSQL database dump
--


-- Dumped from database version 18.6
-- Dumped by pg_dump version 18.6

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: alembic_version; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);


--
-- Name: epoch; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.epoch (
    value text NOT NULL
);


--
-- Name: events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.events (
    room_id bigint NOT NULL,
    seq bigint NOT NULL,
    type text NOT NULL,
    at bigint NOT NULL,
    actor_id bigint NOT NULL,
    message_seq bigint,
    user_id bigint,
    detail text
);


--
-- Name: ids; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.ids
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    MAXVALUE 9007199254740991
    CACHE 1;


--
-- Name: memberships; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.memberships (
    room_id bigint NOT NULL,
    user_id bigint NOT NULL,
    role text NOT NULL,
    joined_seq bigint NOT NULL,
    read_seq bigint NOT NULL
);


--
-- Name: mentions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.mentions (
    room_id bigint NOT NULL,
    user_id bigint NOT NULL,
    seq bigint NOT NULL
);


--
-- Name: messages; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.messages (
    room_id bigint NOT NULL,
    seq bigint NOT NULL,
    id bigint NOT NULL,
    sender_id bigint NOT NULL,
    body text,
    created_at bigint NOT NULL,
    edited_at bigint,
    reply_to bigint,
    client_id text,
    fingerprint text NOT NULL
);


--
-- Name: rooms; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.rooms (
    id bigint NOT NULL,
    kind text NOT NULL,
    name text,
    name_folded text NOT NULL,
    description text NOT NULL,
    description_folded text NOT NULL,
    created_at bigint NOT NULL,
    last_seq bigint NOT NULL,
    direct_key text
);


--
-- Name: sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sessions (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    created_at bigint NOT NULL,
    last_used_at bigint NOT NULL,
    user_agent text NOT NULL,
    address text NOT NULL,
    cookie_digest text,
    generation bigint NOT NULL,
    ended_at bigint
);


--
-- Name: users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.users (
    id bigint NOT NULL,
    username text NOT NULL,
    username_key text NOT NULL,
    name text NOT NULL,
    name_folded text NOT NULL,
    email text,
    email_key text,
    role text NOT NULL,
    password_hash text NOT NULL,
    created_at bigint NOT NULL
);


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.alembic_version VALUES ('0002');


--
-- Data for Name: epoch; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.epoch VALUES ('eb2af90deff4450aa15803ad84fa118f');


--
-- Data for Name: events; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.events VALUES (6, 1, 'joined', 1767268835615, 1, NULL, 1, NULL);
INSERT INTO public.events VALUES (6, 2, 'joined', 1767268835615, 1, NULL, 2, NULL);
INSERT INTO public.events VALUES (6, 3, 'joined', 1767268835615, 1, NULL, 3, NULL);
INSERT INTO public.events VALUES (6, 4, 'joined', 1767268835615, 1, NULL, 4, NULL);
INSERT INTO public.events VALUES (6, 5, 'posted', 1767268836615, 1, 5, NULL, NULL);
INSERT INTO public.events VALUES (6, 6, 'posted', 1767268837615, 2, 6, NULL, NULL);
INSERT INTO public.events VALUES (6, 7, 'posted', 1767268838615, 3, 7, NULL, NULL);
INSERT INTO public.events VALUES (6, 8, 'posted', 1767268839615, 4, 8, NULL, NULL);
INSERT INTO public.events VALUES (6, 9, 'edited', 1767268839615, 1, 5, NULL, NULL);
INSERT INTO public.events VALUES (6, 10, 'edited', 1767268839615, 3, 7, NULL, NULL);
INSERT INTO public.events VALUES (6, 11, 'erased', 1767268846738, 2, 6, NULL, NULL);
INSERT INTO public.events VALUES (6, 12, 'posted', 1767268847738, 4, 12, NULL, NULL);
INSERT INTO public.events VALUES (6, 13, 'edited', 1767268847738, 4, 12, NULL, NULL);
INSERT INTO public.events VALUES (6, 14, 'erased', 1767268854861, 1, 12, NULL, NULL);
INSERT INTO public.events VALUES (6, 15, 'role', 1767268854861, 1, NULL, 3, '{"role": "moderator"}');
INSERT INTO public.events VALUES (6, 16, 'role', 1767268854861, 1, NULL, 4, '{"role": "owner"}');
INSERT INTO public.events VALUES (6, 17, 'room', 1767268861984, 3, NULL, NULL, '{"name": "Harbour ⚓", "description": "quiet\nplace 静か"}');
INSERT INTO public.events VALUES (6, 18, 'left', 1767268861984, 2, NULL, 2, NULL);
INSERT INTO public.events VALUES (6, 19, 'joined', 1767268861984, 2, NULL, 2, NULL);
INSERT INTO public.events VALUES (6, 20, 'joined', 1767268861984, 5, NULL, 5, NULL);
INSERT INTO public.events VALUES (6, 21, 'left', 1767268861984, 3, NULL, 5, NULL);
INSERT INTO public.events VALUES (6, 22, 'posted', 1767268862984, 1, 22, NULL, NULL);
INSERT INTO public.events VALUES (6, 23, 'posted', 1767268863984, 4, 23, NULL, NULL);
INSERT INTO public.events VALUES (14, 1, 'joined', 1767268863984, 4, NULL, 4, NULL);
INSERT INTO public.events VALUES (14, 2, 'joined', 1767268863984, 4, NULL, 3, NULL);
INSERT INTO public.events VALUES (14, 3, 'posted', 1767268864984, 3, 3, NULL, NULL);
INSERT INTO public.events VALUES (16, 1, 'joined', 1767268864984, 3, NULL, 3, NULL);
INSERT INTO public.events VALUES (18, 1, 'joined', 1767268864984, 1, NULL, 1, NULL);
INSERT INTO public.events VALUES (18, 2, 'joined', 1767268864984, 1, NULL, 5, NULL);
INSERT INTO public.events VALUES (18, 3, 'posted', 1767268865984, 1, 3, NULL, NULL);
INSERT INTO public.events VALUES (18, 4, 'posted', 1767268866984, 5, 4, NULL, NULL);
INSERT INTO public.events VALUES (18, 5, 'posted', 1767268867984, 1, 5, NULL, NULL);
INSERT INTO public.events VALUES (18, 6, 'posted', 1767268868984, 5, 6, NULL, NULL);
INSERT INTO public.events VALUES (18, 7, 'posted', 1767268869984, 1, 7, NULL, NULL);
INSERT INTO public.events VALUES (18, 8, 'posted', 1767268870984, 5, 8, NULL, NULL);
INSERT INTO public.events VALUES (18, 9, 'posted', 1767268871984, 1, 9, NULL, NULL);
INSERT INTO public.events VALUES (18, 10, 'posted', 1767268872984, 5, 10, NULL, NULL);
INSERT INTO public.events VALUES (18, 11, 'posted', 1767268873984, 1, 11, NULL, NULL);
INSERT INTO public.events VALUES (18, 12, 'posted', 1767268874984, 5, 12, NULL, NULL);
INSERT INTO public.events VALUES (18, 13, 'posted', 1767268875984, 1, 13, NULL, NULL);
INSERT INTO public.events VALUES (18, 14, 'posted', 1767268876984, 5, 14, NULL, NULL);
INSERT INTO public.events VALUES (31, 1, 'joined', 1767268876984, 3, NULL, 1, NULL);
INSERT INTO public.events VALUES (31, 2, 'joined', 1767268876984, 3, NULL, 2, NULL);
INSERT INTO public.events VALUES (31, 3, 'joined', 1767268876984, 3, NULL, 3, NULL);
INSERT INTO public.events VALUES (31, 4, 'joined', 1767268876984, 3, NULL, 4, NULL);
INSERT INTO public.events VALUES (31, 5, 'posted', 1767268877984, 3, 5, NULL, NULL);
INSERT INTO public.events VALUES (31, 6, 'left', 1767268877984, 2, NULL, 2, NULL);
INSERT INTO public.events VALUES (33, 1, 'joined', 1767268877984, 5, NULL, 5, NULL);
INSERT INTO public.events VALUES (33, 2, 'posted', 1767268878984, 5, 2, NULL, NULL);


--
-- Data for Name: memberships; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.memberships VALUES (6, 1, 'owner', 1, 1);
INSERT INTO public.memberships VALUES (6, 2, 'member', 19, 19);
INSERT INTO public.memberships VALUES (6, 3, 'moderator', 3, 6);
INSERT INTO public.memberships VALUES (6, 4, 'owner', 4, 23);
INSERT INTO public.memberships VALUES (14, 4, 'owner', 1, 1);
INSERT INTO public.memberships VALUES (14, 3, 'member', 2, 2);
INSERT INTO public.memberships VALUES (16, 3, 'owner', 1, 1);
INSERT INTO public.memberships VALUES (18, 1, 'member', 1, 1);
INSERT INTO public.memberships VALUES (18, 5, 'member', 2, 8);
INSERT INTO public.memberships VALUES (31, 1, 'member', 1, 1);
INSERT INTO public.memberships VALUES (31, 3, 'member', 3, 3);
INSERT INTO public.memberships VALUES (31, 4, 'member', 4, 4);
INSERT INTO public.memberships VALUES (33, 5, 'member', 1, 1);


--
-- Data for Name: mentions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.mentions VALUES (6, 4, 5);
INSERT INTO public.mentions VALUES (6, 3, 5);
INSERT INTO public.mentions VALUES (6, 2, 5);
INSERT INTO public.mentions VALUES (6, 1, 7);
INSERT INTO public.mentions VALUES (6, 3, 22);
INSERT INTO public.mentions VALUES (6, 2, 22);
INSERT INTO public.mentions VALUES (31, 1, 5);


--
-- Data for Name: messages; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.messages VALUES (6, 8, 10, 4, '  right‐to‐left: שלום, é ﻿; DROP TABLE messages; --', 1767268839615, NULL, 7, 'k 1', '778d2ee1f412c5b89bba1a8ea7214bdf');
INSERT INTO public.messages VALUES (6, 5, 7, 1, 'Hello @田中さくら, @Groß.7 and @Анна', 1767268836615, 1767268839615, NULL, 'k 1', '323481cbcdd38a4b157f915ca0c6c361');
INSERT INTO public.messages VALUES (6, 7, 9, 3, 'はい、@anna 🙂🙂', 1767268838615, 1767268839615, 8, NULL, '');
INSERT INTO public.messages VALUES (6, 6, 8, 2, NULL, 1767268837615, NULL, NULL, 'erased 🗑', '0fd644305fe2060dd64d741f6539ffd4');
INSERT INTO public.messages VALUES (6, 12, 11, 4, NULL, 1767268847738, 1767268847738, NULL, NULL, '');
INSERT INTO public.messages VALUES (6, 22, 12, 1, '@Анна, @田中さくら: after all that', 1767268862984, NULL, NULL, NULL, '');
INSERT INTO public.messages VALUES (6, 23, 13, 4, 'and one more', 1767268863984, NULL, NULL, NULL, '');
INSERT INTO public.messages VALUES (14, 3, 15, 3, '000: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
001: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
002: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
003: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
004: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
005: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
006: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
007: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
008: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
009: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
010: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
011: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
012: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
013: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
014: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
015: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
016: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
017: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
018: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
019: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
020: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
021: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
022: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
023: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
024: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
025: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
026: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
027: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
028: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
029: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
030: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
031: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
032: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
033: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
034: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
035: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
036: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
037: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
038: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
039: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
040: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
041: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
042: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
043: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
044: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
045: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
046: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
047: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
048: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
049: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
050: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
051: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
052: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
053: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
054: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
055: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
056: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
057: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
058: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
059: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
060: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
061: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
062: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
063: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
064: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
065: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
066: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
067: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
068: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
069: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
070: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
071: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
072: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
073: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
074: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
075: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
076: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
077: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
078: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
079: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
080: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
081: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
082: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
083: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
084: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
085: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
086: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
087: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
088: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
089: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
090: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
091: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
092: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
093: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
094: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
095: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
096: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
097: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
098: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
099: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
100: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
101: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
102: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
103: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
104: Straße, 東京, 👩‍👩‍👧 \ " '' %s $1 	|
105: Straß', 1767268864984, NULL, NULL, 'a long one', '7d0c0358b4263be35e0570b20dc17726');
INSERT INTO public.messages VALUES (18, 3, 19, 1, '0 🎲', 1767268865984, NULL, NULL, NULL, '');
INSERT INTO public.messages VALUES (18, 4, 20, 5, '1 🎲', 1767268866984, NULL, NULL, NULL, '');
INSERT INTO public.messages VALUES (18, 5, 21, 1, '2 🎲', 1767268867984, NULL, NULL, NULL, '');
INSERT INTO public.messages VALUES (18, 6, 22, 5, '3 🎲', 1767268868984, NULL, NULL, NULL, '');
INSERT INTO public.messages VALUES (18, 7, 23, 1, '4 🎲', 1767268869984, NULL, NULL, NULL, '');
INSERT INTO public.messages VALUES (18, 8, 24, 5, '5 🎲', 1767268870984, NULL, NULL, NULL, '');
INSERT INTO public.messages VALUES (18, 9, 25, 1, '6 🎲', 1767268871984, NULL, NULL, NULL, '');
INSERT INTO public.messages VALUES (18, 10, 26, 5, '7 🎲', 1767268872984, NULL, NULL, NULL, '');
INSERT INTO public.messages VALUES (18, 11, 27, 1, '8 🎲', 1767268873984, NULL, NULL, NULL, '');
INSERT INTO public.messages VALUES (18, 12, 28, 5, '9 🎲', 1767268874984, NULL, NULL, NULL, '');
INSERT INTO public.messages VALUES (18, 13, 29, 1, '10 🎲', 1767268875984, NULL, NULL, NULL, '');
INSERT INTO public.messages VALUES (18, 14, 30, 5, '11 🎲', 1767268876984, NULL, NULL, NULL, '');
INSERT INTO public.messages VALUES (31, 5, 32, 3, 'for all four, @anna', 1767268877984, NULL, NULL, NULL, '');
INSERT INTO public.messages VALUES (33, 2, 34, 5, 'a note to myself', 1767268878984, NULL, NULL, NULL, '');


--
-- Data for Name: rooms; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.rooms VALUES (6, 'public', 'Harbour ⚓', 'harbour ⚓', 'quiet
place 静か', 'quiet
place 静か', 1767268835615, 23, NULL);
INSERT INTO public.rooms VALUES (14, 'private', '"quoted" \ 部屋', '"quoted" \ 部屋', '', '', 1767268863984, 3, NULL);
INSERT INTO public.rooms VALUES (16, 'public', 'empty', 'empty', '', '', 1767268864984, 1, NULL);
INSERT INTO public.rooms VALUES (18, 'direct', NULL, '', '', '', 1767268864984, 14, '1,5');
INSERT INTO public.rooms VALUES (31, 'direct', NULL, '', '', '', 1767268876984, 6, '1,2,3,4');
INSERT INTO public.rooms VALUES (33, 'direct', NULL, '', '', '', 1767268877984, 2, '5');


--
-- Data for Name: sessions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.sessions VALUES (35, 1, 1767268886107, 1767268886107, 'a test', '192.0.2.1', NULL, 1, NULL);
INSERT INTO public.sessions VALUES (37, 2, 1767268893230, 1767268893230, 'a test', '192.0.2.1', NULL, 1, NULL);
INSERT INTO public.sessions VALUES (39, 3, 1767268900353, 1767268900353, 'a test', '192.0.2.1', NULL, 1, NULL);
INSERT INTO public.sessions VALUES (41, 4, 1767268907476, 1767268907476, 'a test', '192.0.2.1', NULL, 1, NULL);
INSERT INTO public.sessions VALUES (43, 5, 1767268914599, 1767268914599, 'a test', '192.0.2.1', NULL, 1, NULL);
INSERT INTO public.sessions VALUES (45, 1, 1767268921722, 1767268921722, 'a test', '192.0.2.1', NULL, 1, NULL);
INSERT INTO public.sessions VALUES (46, 1, 1767268921722, 1767268921722, 'Mozilla/5.0 (a test; 日本語) 🦊', '2001:db8::7', '72f908876221bcf204a26ce7e81a47f3c40c090205978ebc238cf75cac9bbd3b', 0, NULL);
INSERT INTO public.sessions VALUES (47, 2, 1767268928845, 1767268928845, 'a test', '192.0.2.1', NULL, 1, NULL);
INSERT INTO public.sessions VALUES (48, 2, 1767268928845, 1767268928845, 'Mozilla/5.0 (a test; 日本語) 🦊', '2001:db8::7', '214a3aa0e5d5069f5f6c64f88da6461e601d803f7b3098f57c4fd5c4bf1ee3ad', 0, NULL);
INSERT INTO public.sessions VALUES (49, 3, 1767268935968, 1767268935968, 'a test', '192.0.2.1', NULL, 1, NULL);
INSERT INTO public.sessions VALUES (50, 3, 1767268935968, 1767268935968, 'Mozilla/5.0 (a test; 日本語) 🦊', '2001:db8::7', '699021cd1b3fb91bdb7361649b9a6cb965206b23b202cdce087e29c57ae6f565', 0, NULL);
INSERT INTO public.sessions VALUES (51, 4, 1767268943091, 1767268943091, 'a test', '192.0.2.1', NULL, 1, NULL);
INSERT INTO public.sessions VALUES (52, 4, 1767268943091, 1767268943091, 'Mozilla/5.0 (a test; 日本語) 🦊', '2001:db8::7', '04f6c714ca7f9385ae43e3508e4dd33b61520f2c63348445f6f243e7a2ec6b77', 0, NULL);
INSERT INTO public.sessions VALUES (53, 5, 1767268950214, 1767268950214, 'a test', '192.0.2.1', NULL, 1, NULL);
INSERT INTO public.sessions VALUES (54, 5, 1767268950214, 1767268950214, 'Mozilla/5.0 (a test; 日本語) 🦊', '2001:db8::7', 'a86dcd47b2f30347af79c2fe6e6c416651a91709a6abc02e88005098e7176f82', 0, NULL);
INSERT INTO public.sessions VALUES (36, 1, 1767268886107, 1767268886107, 'Mozilla/5.0 (a test; 日本語) 🦊', '2001:db8::7', 'f7e7c36e458e80e6b6a2c67d0a9ec09bd718dadd7bfa8d6bf6e7ad526e46c2f7', 0, 1767268950214);
INSERT INTO public.sessions VALUES (38, 2, 1767268893230, 1767268893230, 'Mozilla/5.0 (a test; 日本語) 🦊', '2001:db8::7', 'f4b6bb6548129dacf11c1a9c4dffffefd4aa6b21fcf4e9754cc03b731cbe7c25', 0, 1767268950214);
INSERT INTO public.sessions VALUES (40, 3, 1767268900353, 1767268900353, 'Mozilla/5.0 (a test; 日本語) 🦊', '2001:db8::7', '2c7d3470d617514ede9f8b07e2912811351e6efe42cdc07b661a790b6659d486', 0, 1767268950214);
INSERT INTO public.sessions VALUES (42, 4, 1767268907476, 1767268907476, 'Mozilla/5.0 (a test; 日本語) 🦊', '2001:db8::7', 'd39225619c70a7b0201807b500bdcdaeb6e5ac5159ec4394be08a2b5d69935aa', 0, 1767268950214);
INSERT INTO public.sessions VALUES (44, 5, 1767268914599, 1767268914599, 'Mozilla/5.0 (a test; 日本語) 🦊', '2001:db8::7', '13fcafbc1101c067589db9133dbbcfc0ee8a5a9f919653869dd58aef345562da', 0, 1767268950214);


--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.users VALUES (1, 'anna', 'anna', 'Anna  Ødegård', 'anna  ødegård', 'Anna.O@Example.ORG', 'anna.o@example.org', 'admin', '$argon2id$v=19$m=19456,t=2,p=1$ZYaYLXGCkx+bIRQurPgl3A$98uY3dRH6z2SRElqLuXjzCMMFNL8G9Up0QsOhJz42Ug', 1767268807123);
INSERT INTO public.users VALUES (2, 'Анна', 'анна', '', '', NULL, NULL, 'user', '$argon2id$v=19$m=19456,t=2,p=1$uOjLqaA/CbBuAWDBT33DAg$yo02zQFhVJ+yXw6S5tAcSoqwfkvLgzvVEV2b9pv7xGo', 1767268814246);
INSERT INTO public.users VALUES (3, '田中さくら', '田中さくら', 'さくら 🌸', 'さくら 🌸', 'sakura@例え.jp', 'sakura@例え.jp', 'user', '$argon2id$v=19$m=19456,t=2,p=1$Gl7UaEagnMMhnOTusv1m2w$dM3fBh+DfE6M0nz9v5kRsvPdIlgHvSRWhYM/Hnpwk8s', 1767268821369);
INSERT INTO public.users VALUES (5, 'lea_', 'lea_', 'Léa', 'léa', NULL, NULL, 'user', '$argon2id$v=19$m=19456,t=2,p=1$AaiJGBwmZBD8G88EzSBmbg$NAz5PbEDYUVxjyyR3khiArMpkXTRKVrF1ib+jQo2SSc', 1767268835615);
INSERT INTO public.users VALUES (4, 'Groß.7', 'gross.7', 'Herr Groß 🎩', 'herr gross 🎩', 'neu@example.org', 'neu@example.org', 'user', '$argon2id$v=19$m=19456,t=2,p=1$QWiqfGNZ5SElACYC6ANW/g$SEKyDSyYKCdgA7/Mty0XnrQ7DKeq+VXktI+643MYO90', 1767268828492);


--
-- Name: ids; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.ids', 1000, true);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: epoch epoch_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.epoch
    ADD CONSTRAINT epoch_key PRIMARY KEY (value);


--
-- Name: events events_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_key PRIMARY KEY (room_id, seq);


--
-- Name: memberships memberships_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_key PRIMARY KEY (room_id, user_id);


--
-- Name: mentions mentions_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.mentions
    ADD CONSTRAINT mentions_key PRIMARY KEY (room_id, user_id, seq);


--
-- Name: messages messages_by_room_id_id; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_by_room_id_id UNIQUE (room_id, id);


--
-- Name: messages messages_by_room_id_sender_id_client_id; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_by_room_id_sender_id_client_id UNIQUE (room_id, sender_id, client_id);


--
-- Name: messages messages_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_key PRIMARY KEY (room_id, seq);


--
-- Name: rooms rooms_by_direct_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rooms
    ADD CONSTRAINT rooms_by_direct_key UNIQUE (direct_key);


--
-- Name: rooms rooms_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rooms
    ADD CONSTRAINT rooms_key PRIMARY KEY (id);


--
-- Name: sessions sessions_by_cookie_digest; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_by_cookie_digest UNIQUE (cookie_digest);


--
-- Name: sessions sessions_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_key PRIMARY KEY (id);


--
-- Name: users users_by_email_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_by_email_key UNIQUE (email_key);


--
-- Name: users users_by_username_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_by_username_key UNIQUE (username_key);


--
-- Name: users users_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_key PRIMARY KEY (id);


--
-- Name: memberships_by_room_id_role; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX memberships_by_room_id_role ON public.memberships USING btree (room_id, role);


--
-- Name: memberships_by_user_id_room_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX memberships_by_user_id_room_id ON public.memberships USING btree (user_id, room_id);


--
-- Name: mentions_by_room_id_seq; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX mentions_by_room_id_seq ON public.mentions USING btree (room_id, seq);


--
-- Name: rooms_by_kind_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX rooms_by_kind_id ON public.rooms USING btree (kind, id);


--
-- Name: sessions_by_user_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sessions_by_user_id ON public.sessions USING btree (user_id);


--
-- Name: events events_actor_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_actor_id FOREIGN KEY (actor_id) REFERENCES public.users(id);


--
-- Name: events events_room_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_room_id FOREIGN KEY (room_id) REFERENCES public.rooms(id);


--
-- Name: events events_user_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_user_id FOREIGN KEY (user_id) REFERENCES public.users(id);


--
-- Name: memberships memberships_room_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_room_id FOREIGN KEY (room_id) REFERENCES public.rooms(id);


--
-- Name: memberships memberships_user_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_user_id FOREIGN KEY (user_id) REFERENCES public.users(id);


--
-- Name: mentions mentions_room_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.mentions
    ADD CONSTRAINT mentions_room_id FOREIGN KEY (room_id) REFERENCES public.rooms(id);


--
-- Name: messages messages_room_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_room_id FOREIGN KEY (room_id) REFERENCES public.rooms(id);


--
-- Name: messages messages_sender_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_sender_id FOREIGN KEY (sender_id) REFERENCES public.users(id);


--
-- Name: sessions sessions_user_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id FOREIGN KEY (user_id) REFERENCES public.users(id);


--
-- PostgreSQL database dump complete
--


