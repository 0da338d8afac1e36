-- Ids count up by one in each room. A key is its author's: what is said again under it is the same message.
create table messages (
    room text not null,
    id bigint not null,
    author text not null,
    text text not null,
    at timestamptz not null,
    key uuid,
    primary key (room, id),
    unique (room, author, key)
);

-- How far somebody has read.
create table read_marks (
    room text not null,
    reader text not null,
    message_id bigint not null,
    primary key (room, reader)
);
