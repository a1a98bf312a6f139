-- Where somebody who needs a letter in another form lives: so that letters about a place miss nobody, and its signs can
-- be asked for in a form that people there can read.

alter table providers.adjustment add column home_site uuid;
comment on column providers.adjustment.home_site is 'A place of the register; null where nobody said. Told to whoever writes to people there, and to an installer as a form of sign only, never as a person.';
alter table providers.adjustment add constraint adjustment_erased_home check (erased_at is null or home_site is null);
create index adjustment_by_home on providers.adjustment (home_site) where ended_at is null;
