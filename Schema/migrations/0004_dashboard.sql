-- What dashboards read: stable views, and no personal value.
create schema dashboard;
