-- What changed in the register: from what, to what, by whom. Secrets and other people's contact details are never in it.
create table register.change (
  id uuid primary key,
  provider text not null,
  what text not null check (what in ('site', 'patch', 'system', 'camera', 'device', 'supplier', 'sign', 'plan')),
  object_id uuid not null,
  at timestamptz not null,
  -- Null: Overt itself.
  by uuid,
  field text not null check (length(field) between 1 and 100),
  -- Null: there was nothing, or it is not written down.
  was text,
  became text
);
create index change_by_object on register.change (object_id, at);
revoke update, delete on register.change from overt_app;
comment on table register.change is 'What changed in the register, field by field, from what to what, by whom and when.';
comment on column register.change.was is 'Before, in words; null: nothing was there, or it is not written down (a secret).';
