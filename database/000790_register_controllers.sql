-- Who decides why and how a system films people (UK GDPR Art 4(7), 26), and who handles its pictures for them (Art 4(8)).
create table register.system_controller (
  system_id uuid primary key references register.system,
  kind text not null check (kind in ('own', 'landlord', 'outside')),
  landlord text check (length(landlord) between 1 and 60),
  body text check (length(body) between 1 and 200),
  contact text not null default '' check (length(contact) <= 500),
  supplier_id uuid references register.supplier,
  joint text not null default '' check (length(joint) <= 300),
  set_at timestamptz not null,
  set_by uuid not null,
  check ((kind = 'landlord') = (landlord is not null)),
  check ((kind = 'outside') = (body is not null)),
  check (kind = 'outside' and contact <> '' or kind <> 'outside' and contact = '' and supplier_id is null)
);
comment on table register.system_controller is 'Who is the controller of a system; no row: the landlord itself, alone.';
comment on column register.system_controller.landlord is 'Slug of another landlord of this installation.';
comment on column register.system_controller.body is 'A body that is no landlord here, by name; contact: how to reach it.';
comment on column register.system_controller.supplier_id is 'The same body as a supplier of the landlord, where it is one.';
comment on column register.system_controller.joint is 'With whom the controller decides jointly; empty: with nobody.';

create table register.system_processor (
  system_id uuid not null references register.system,
  supplier_id uuid not null references register.supplier,
  does text not null check (length(does) between 1 and 300),
  named_at timestamptz not null,
  named_by uuid not null,
  ended_at timestamptz,
  primary key (system_id, supplier_id, named_at)
);
create unique index processor_once on register.system_processor (system_id, supplier_id) where ended_at is null;
create index processor_by_supplier on register.system_processor (supplier_id) where ended_at is null;
comment on table register.system_processor is 'Suppliers that handle a system''s pictures for its controller; ended_at is null while they do.';
comment on column register.system_processor.does is 'What they do for the system, in words.';
