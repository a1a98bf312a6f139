-- A pack can be written more fully while the landlord's document stays the same (a newer Overt asks for more values,
-- a clause gets clearer words): the pack then raises its revision, and the start records it beside the one before.
alter table providers.adopted_version add column revision integer not null default 1 check (revision between 1 and 1000);
alter table providers.adopted_version alter column revision drop default;
alter table providers.adopted_version drop constraint adopted_version_pkey;
alter table providers.adopted_version add primary key (provider, version, revision);
comment on column providers.adopted_version.revision is 'How often this version of the policy has been written out as a pack. The highest one on record is the one that decides.';
