-- Whether the policy held this month: how often each kind of act was done, and how often each rule refused somebody.
-- Counts only; who it was stands in the ledger, or nowhere.

create table providers.use_count (
  provider text not null,
  kind text not null check (length(kind) between 3 and 80),
  -- A code that the entry gives as its cause (why a mandate ended), '' where it gives none.
  cause text not null default '' check (length(cause) <= 80),
  day date not null,
  uses bigint not null check (uses > 0),
  primary key (provider, day, kind, cause)
);
comment on table providers.use_count is 'Ledger entries by landlord, kind and day in its time zone. Made from the ledger, and made again from it when lost.';

create table providers.use_cursor (
  one boolean primary key default true check (one),
  counted_to bigint not null check (counted_to >= -1)
);
comment on table providers.use_cursor is 'Number of the last ledger entry that use_count holds; -1: none yet.';
insert into providers.use_cursor (counted_to) values (-1);

create table providers.refusal_count (
  provider text not null,
  day date not null,
  -- A clause of the landlord''s policy, or '' where law or design refused and the policy is silent.
  clause text not null check (length(clause) <= 80),
  -- The access rule that said no (able, view-reason), or a field of a form.
  rule text not null check (length(rule) between 1 and 80),
  refusals bigint not null check (refusals > 0),
  primary key (provider, day, clause, rule)
);
comment on table providers.refusal_count is 'Refused decisions by rule and day. Never who asked, and never what for.';
