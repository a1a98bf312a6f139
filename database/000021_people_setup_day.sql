-- The set-up link on the terminal says "within a day": a link left in a log or a window must not stay a way in.

alter table people.setup add column made_at timestamptz not null default now();
comment on column people.setup.made_at is 'Real time. The link is good for a day; a later start prints a new one.';
