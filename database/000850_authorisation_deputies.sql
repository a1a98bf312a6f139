-- A decision taken for somebody absent says so for ever.

alter table authorisation.approval add column deputy_for uuid check (deputy_for <> person_id);
comment on column authorisation.approval.deputy_for is 'Whose role it was, where person_id stood in for them. Null: their own role.';
