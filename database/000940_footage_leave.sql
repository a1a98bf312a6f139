-- A second person's word before somebody looks: for a colleague, or for what footage is otherwise never looked at for.
create table footage.leave (
  id uuid primary key,
  kind text not null check (kind in ('colleague', 'exception')),
  provider text not null,
  person_id uuid not null,
  camera_ids uuid[] not null check (cardinality(camera_ids) between 1 and 16),
  viewing_kind text not null check (viewing_kind in ('recorded', 'live')),
  from_at timestamptz,
  to_at timestamptz,
  purpose text not null,
  reason text not null check (length(reason) between 1 and 2000),
  case_id uuid,
  asked_at timestamptz not null,
  until timestamptz not null check (until > asked_at and until <= asked_at + interval '91 days'),
  decided_at timestamptz,
  decided_by uuid,
  decided_role text,
  agreed boolean,
  decided_reason text check (length(decided_reason) <= 2000),
  ended_at timestamptz,
  ended_by uuid,
  check ((kind = 'colleague' and viewing_kind = 'recorded') = (from_at is not null)),
  check ((from_at is null) = (to_at is null) and (to_at is null or to_at > from_at)),
  check ((decided_at is null) = (decided_by is null) and (decided_at is null) = (decided_role is null)
    and (decided_at is null) = (agreed is null) and (decided_at is null) = (decided_reason is null)),
  check (decided_by is null or decided_by <> person_id),
  check ((ended_at is null) = (ended_by is null))
);
create index leave_of_person on footage.leave (person_id, asked_at desc);
create index leave_waiting on footage.leave (provider) where decided_at is null and ended_at is null;

comment on table footage.leave is 'Leave to look, asked for by one person and given by another. Without it no viewing of that kind is opened.';
comment on column footage.leave.kind is 'colleague: the person looked for works for the landlord; good for exactly this span and purpose. exception: a purpose that is otherwise refused, for a while.';
comment on column footage.leave.from_at is 'The span that is asked for. Null: live, or an exception, which is not about one span.';
comment on column footage.leave.until is 'From here on it is worth nothing, decided or not.';
comment on column footage.leave.agreed is 'Null: nobody has decided yet.';
comment on column footage.leave.ended_at is 'Taken back by whoever may decide, or by who asked. Null: it was not.';

alter table footage.viewing add column leave_id uuid references footage.leave;
comment on column footage.viewing.leave_id is 'The leave that it stands on; when that ends, so does the viewing. Null: it needed none.';
