-- Nothing gets into pending that the sequencer could choke on: one bad entry would hold up all that follow. The program
-- checks the same before (src/ledger/entry.ts); this holds against whoever speaks to the database past it.

create function ledger.well_formed() returns trigger language plpgsql set search_path = ledger, pg_temp as $$
declare
  v_leaf jsonb := new.leaf::jsonb;
begin
  if (v_leaf ->> 'v') is distinct from '1'
     or (v_leaf ->> 'id')::uuid is distinct from new.id
     or coalesce(v_leaf ->> 'kind', '') !~ '^[a-z.-]{3,80}$'
     or jsonb_typeof(v_leaf -> 'at') is distinct from 'number'
     or (v_leaf ->> 'at')::bigint not between 0 and 9007199254740991
     or coalesce(jsonb_typeof(v_leaf -> 'actor'), '') not in ('string', 'null')
     or length(v_leaf ->> 'actor') > 200
     or coalesce(jsonb_typeof(v_leaf -> 'provider'), '') not in ('string', 'null')
     or coalesce(jsonb_typeof(v_leaf -> 'about'), '') <> 'object'
     or coalesce(jsonb_typeof(v_leaf -> 'data'), '') <> 'object'
     or coalesce(jsonb_typeof(v_leaf -> 'personal'), '') <> 'object'
     or exists (
       select from jsonb_each(v_leaf -> 'about') a
       where jsonb_typeof(a.value) <> 'string' or length(a.value #>> '{}') > 200)
  then
    raise exception 'this is not a ledger entry';
  end if;
  if exists (select from ledger.entry e where e.id = new.id) then
    raise exception 'there is a ledger entry with this id already';
  end if;
  return new;
end $$;
create trigger well_formed before insert on ledger.pending for each row execute function ledger.well_formed();
revoke all on function ledger.well_formed() from public;
