-- The ledger: a tamper-evident log per year (RFC 6962 tree, C2SP tlog-tiles). Knows nothing of cameras.
--
-- Rights. The running role may read everything here, put an entry before the sequencer (pending), and erase personal
-- details. It can't update, delete or truncate a leaf, a tile, a checkpoint or a log: sequencing goes through add_batch
-- and open_log, which belong to the owner and only ever add. What a running role in wrong hands can still do, and how
-- it is found: docs/design/ledger.md.

create schema ledger;
comment on schema ledger is 'Tamper-evident log of what was done. Leaves never change; personal details lie beside it and can be erased.';

create table ledger.log (
  id integer generated always as identity primary key,
  origin text not null unique check (origin ~ '^overt(-demo)?/[0-9a-f-]{36}/[0-9]{4}(\.[0-9]+)?$'),
  year integer not null,
  part integer not null default 1 check (part >= 1),
  public_key bytea not null check (length(public_key) = 32),
  first_number bigint not null,
  size bigint not null default 0 check (size >= 0),
  root bytea not null check (length(root) = 32),
  opened_at timestamptz not null,
  unique (year, part)
);
comment on table ledger.log is 'One log per UTC year by Overt''s clock; a further part of a year only after a restored backup. The newest is the open one.';
comment on column ledger.log.origin is 'Name in every checkpoint. A home born as demo carries it in the name for ever.';
comment on column ledger.log.first_number is 'Number, over all logs, of this log''s leaf 0.';
comment on column ledger.log.size is 'Leaves sequenced; equals the size of its newest checkpoint.';

create table ledger.pending (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  leaf text not null check (octet_length(leaf) <= 65535)
);
comment on table ledger.pending is 'Committed with the change it records, not yet numbered and signed. Normally empty within a second.';

create table ledger.entry (
  number bigint primary key,
  log_id integer not null references ledger.log (id),
  index bigint not null check (index >= 0),
  leaf text not null check (octet_length(leaf) <= 65535),
  -- Derived by the database, so that what we search by can't differ from what is hashed and signed.
  id uuid not null generated always as ((leaf::jsonb ->> 'id')::uuid) stored,
  kind text not null generated always as (leaf::jsonb ->> 'kind') stored,
  at_ms bigint not null generated always as ((leaf::jsonb ->> 'at')::bigint) stored,
  actor text generated always as (leaf::jsonb ->> 'actor') stored,
  provider text generated always as (leaf::jsonb ->> 'provider') stored,
  unique (log_id, index),
  unique (id)
);
create index entry_kind on ledger.entry (kind, number);
create index entry_at on ledger.entry (at_ms);
comment on table ledger.entry is 'The leaves. The UTF-8 of leaf is what is hashed.';
comment on column ledger.entry.number is 'Counts through all logs: first_number of the log + index.';
comment on column ledger.entry.actor is 'Person id (a pseudonym); null: done by Overt itself.';
comment on column ledger.entry.provider is 'Slug of the landlord; null: concerns the installation.';

create table ledger.mention (
  value text not null,
  number bigint not null references ledger.entry (number),
  name text not null,
  primary key (value, number, name)
);
comment on table ledger.mention is 'Finds entries by an id they are about, or by who acted (name "actor"). Derived from the leaf; overt ledger verify compares.';

create table ledger.tile (
  log_id integer not null references ledger.log (id),
  level integer not null check (level between 0 and 63),
  index bigint not null check (index >= 0),
  hashes bytea not null check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0),
  primary key (log_id, level, index)
);
comment on table ledger.tile is 'C2SP tlog-tiles: up to 256 hashes of one level. A narrower partial tile is the beginning of this one.';

create table ledger.checkpoint (
  log_id integer not null references ledger.log (id),
  size bigint not null check (size >= 1),
  note text not null,
  signed_at timestamptz not null,
  primary key (log_id, size)
);
comment on table ledger.checkpoint is 'Every signed checkpoint (C2SP tlog-checkpoint). signed_at is by Overt''s clock.';

create table ledger.personal (
  entry_id uuid not null,
  field text not null,
  salt bytea check (length(salt) = 32),
  body text,
  erased_at timestamptz,
  erased_why text,
  primary key (entry_id, field),
  check ((erased_at is null) = (salt is not null and body is not null)),
  check ((erased_at is null) = (erased_why is null)),
  check (num_nulls(salt, body) in (0, 2))
);
comment on table ledger.personal is 'Personal details whose salted commitment is in the leaf. Erased: text and salt gone, the row says when and why.';
comment on column ledger.personal.salt is '32 random bytes for this field alone; with it gone the commitment tells nothing, not even to one who guesses.';

create function ledger.only_erase() returns trigger language plpgsql as $$
begin
  if old.erased_at is not null or new.erased_at is null
     or new.entry_id <> old.entry_id or new.field <> old.field then
    raise exception 'a personal detail may only be erased, and only once';
  end if;
  return new;
end $$;
create trigger only_erase before update on ledger.personal for each row execute function ledger.only_erase();

-- Opens a log after the ones there are. The entry that opens it is put into pending by the caller and sequenced first.
create function ledger.open_log(p_origin text, p_year integer, p_part integer, p_public_key bytea, p_at timestamptz)
returns integer language plpgsql security definer set search_path = ledger, pg_temp as $$
declare
  v_last ledger.log;
  v_id integer;
begin
  lock table ledger.log in exclusive mode;
  select * into v_last from ledger.log order by id desc limit 1;
  if found and (p_year, p_part) <= (v_last.year, v_last.part) then
    raise exception 'a log of % is already open', v_last.year;
  end if;
  insert into ledger.log (origin, year, part, public_key, first_number, root, opened_at)
  values (p_origin, p_year, p_part, p_public_key, coalesce(v_last.first_number + v_last.size, 0), sha256(''), p_at)
  returning id into v_id;
  return v_id;
end $$;

-- Numbers the given pending entries, in the given order, as the next leaves of the newest log; stores the tiles' new
-- state and the checkpoint over all of it. Tiles only grow: what a tile held stays its beginning.
create function ledger.add_batch(
  p_log integer, p_old_size bigint, p_seqs bigint[],
  p_levels integer[], p_indexes bigint[], p_hashes text[],
  p_root bytea, p_note text, p_at timestamptz
) returns void language plpgsql security definer set search_path = ledger, pg_temp as $$
declare
  v_log ledger.log;
  v_count bigint;
begin
  select * into v_log from ledger.log order by id desc limit 1 for update;
  if v_log.id <> p_log or v_log.size <> p_old_size then
    raise exception 'the ledger moved on' using errcode = 'serialization_failure';
  end if;
  if coalesce(cardinality(p_seqs), 0) = 0 then
    raise exception 'an empty batch';
  end if;

  with taken as (
    delete from ledger.pending where seq = any (p_seqs) returning seq, leaf
  ), numbered as (
    insert into ledger.entry (number, log_id, index, leaf)
    select v_log.first_number + p_old_size + o.n - 1, p_log, p_old_size + o.n - 1, taken.leaf
    from unnest(p_seqs) with ordinality as o (seq, n) join taken using (seq)
    returning number, leaf, actor
  ), named as (
    insert into ledger.mention (value, number, name)
    select m.value, numbered.number, m.key from numbered, jsonb_each_text(numbered.leaf::jsonb -> 'about') m
    union all
    select numbered.actor, numbered.number, 'actor' from numbered where numbered.actor is not null
  )
  select count(*) into v_count from numbered;
  if v_count <> cardinality(p_seqs) then
    raise exception 'the ledger moved on' using errcode = 'serialization_failure';
  end if;

  insert into ledger.tile as t (log_id, level, index, hashes)
  select p_log, l, i, decode(h, 'base64') from unnest(p_levels, p_indexes, p_hashes) as x (l, i, h)
  on conflict (log_id, level, index) do update set hashes = excluded.hashes
  where substr(excluded.hashes, 1, length(t.hashes)) = t.hashes;
  get diagnostics v_count = row_count;
  if v_count <> cardinality(p_levels) then
    raise exception 'a tile may only grow';
  end if;

  insert into ledger.checkpoint (log_id, size, note, signed_at)
  values (p_log, p_old_size + cardinality(p_seqs), p_note, p_at);
  update ledger.log set size = p_old_size + cardinality(p_seqs), root = p_root where id = p_log;
end $$;

revoke all on all tables in schema ledger from overt_app;
revoke all on all sequences in schema ledger from overt_app;
revoke all on all functions in schema ledger from public;
grant select on all tables in schema ledger to overt_app;
grant insert (id, leaf) on ledger.pending to overt_app;
grant insert (entry_id, field, salt, body) on ledger.personal to overt_app;
grant update (salt, body, erased_at, erased_why) on ledger.personal to overt_app;
grant execute on function ledger.open_log to overt_app;
grant execute on function ledger.add_batch to overt_app;
