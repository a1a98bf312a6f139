-- One table that search and the long lists read: a line for each thing, kept by the database itself, whoever writes.
create extension if not exists pg_trgm with schema public;

create table register.findable (
  kind text not null check (kind in ('site', 'system', 'camera', 'device', 'supplier')),
  id uuid primary key,
  provider text not null,
  -- Of the place; null: only who reaches the whole landlord finds it.
  area text,
  site_id uuid,
  system_id uuid,
  -- Of its place, for roles that reach one patch.
  patch_id uuid,
  title text not null,
  -- Where it is, or what it is, in a few words.
  note text not null,
  -- All that it can be found by, in small letters.
  words text not null
);
create index findable_words on register.findable using gin (words public.gin_trgm_ops);
create index findable_in_order on register.findable (provider, kind, title, id);
create index findable_by_site on register.findable (site_id) where site_id is not null;
create index findable_by_system on register.findable (system_id) where system_id is not null;
comment on table register.findable is 'What search and long lists read: one line for each thing of the register, kept by triggers.';
comment on column register.findable.area is 'Of its place, for reach; null: only who reaches the whole landlord finds it.';

create view register.findable_source as
  select 'site'::text as kind, t.id, t.provider, t.area, t.id as site_id, null::uuid as system_id,
         t.patch_id, t.name as title,
         array_to_string(t.address, ', ') as note,
         lower(concat_ws(' ', t.name, array_to_string(t.address, ' '), t.area)) as words
  from register.site t
  union all
  select 'system', s.id, s.provider, t.area, t.id, s.id, t.patch_id, s.name, t.name,
         lower(concat_ws(' ', s.name, t.name, array_to_string(t.address, ' '), t.area))
  from register.system s join register.site t on t.id = s.site_id
  union all
  select 'camera', c.id, c.provider, t.area, t.id, s.id, t.patch_id, c.label, t.name,
         lower(concat_ws(' ', c.label, c.model, c.serial, s.name, t.name, array_to_string(t.address, ' '), t.area))
  from register.camera c join register.system s on s.id = c.system_id join register.site t on t.id = s.site_id
  union all
  select 'device', d.id, d.provider, t.area, t.id, d.system_id, t.patch_id, d.name, concat_ws(' ', nullif(d.make, ''), nullif(d.model, '')),
         lower(concat_ws(' ', d.name, replace(d.kind, '-', ' '), d.make, d.model, d.serial, d.place, t.name, array_to_string(t.address, ' ')))
  from register.device d left join register.site t on t.id = d.site_id
  union all
  select 'supplier', p.id, p.provider, null, null, null, null, p.name, p.contract_reference,
         lower(concat_ws(' ', p.name, p.contract_reference))
  from register.supplier p;
comment on view register.findable_source is 'What register.findable must hold; its triggers copy from here.';

create function register.keep_findable() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'site' then
    delete from register.findable where site_id = coalesce(new.id, old.id);
    insert into register.findable select * from register.findable_source f where f.site_id = new.id;
  elsif tg_table_name = 'system' then
    delete from register.findable where system_id = coalesce(new.id, old.id);
    insert into register.findable select * from register.findable_source f where f.system_id = new.id;
  else
    delete from register.findable where id = coalesce(new.id, old.id);
    insert into register.findable select * from register.findable_source f where f.id = new.id;
  end if;
  return null;
end $$;
comment on function register.keep_findable is 'Copies what changed from register.findable_source, with all that hangs on it.';

-- Only what can be found by wakes them: a camera that is probed each minute does not.
create trigger keep_findable after insert or delete or update of name, address, area, patch_id, provider
  on register.site for each row execute function register.keep_findable();
create trigger keep_findable after insert or delete or update of name, site_id, provider
  on register.system for each row execute function register.keep_findable();
create trigger keep_findable after insert or delete or update of label, model, serial, system_id, provider
  on register.camera for each row execute function register.keep_findable();
create trigger keep_findable after insert or delete or update of name, kind, make, model, serial, place, site_id, system_id, provider
  on register.device for each row execute function register.keep_findable();
create trigger keep_findable after insert or delete or update of name, contract_reference, provider
  on register.supplier for each row execute function register.keep_findable();

insert into register.findable select * from register.findable_source;
