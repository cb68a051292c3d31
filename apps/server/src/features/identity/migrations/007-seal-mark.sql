-- By which a node finds out that its secret key is not the one that the others seal with.
create table identity_seal_mark (
  is_only_row boolean primary key default true check (is_only_row),
  mark text not null
);
