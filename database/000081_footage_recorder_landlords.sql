-- Landlords whose cameras a recorder may dial; empty: those of all. A recorder gets it from the token that enrolled it.
alter table footage.enrolment_token add column providers text[] not null default '{}';
alter table footage.recorder add column providers text[] not null default '{}';
