-- A store of schema 0005 with rows in every table, as `sqlite3 store.db .dump` writes it.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE aliases (
	collection_id INTEGER NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	version_id INTEGER NOT NULL, 
	CONSTRAINT pk_aliases PRIMARY KEY (collection_id, name), 
	CONSTRAINT fk_aliases_collection_id FOREIGN KEY(collection_id) REFERENCES collections (id), 
	CONSTRAINT fk_aliases_version_id FOREIGN KEY(version_id) REFERENCES versions (id)
);
INSERT INTO "aliases" VALUES(2,'champion',3);
CREATE TABLE app_pictures (
	revision_id INTEGER NOT NULL, 
	blob_id INTEGER, 
	width BIGINT, 
	height BIGINT, 
	taken_at DATETIME, 
	reason TEXT NOT NULL, 
	tries BIGINT DEFAULT '0' NOT NULL, 
	due_at DATETIME, 
	CONSTRAINT pk_app_pictures PRIMARY KEY (revision_id), 
	CONSTRAINT fk_app_pictures_revision_id FOREIGN KEY(revision_id) REFERENCES app_revisions (id), 
	CONSTRAINT fk_app_pictures_blob_id FOREIGN KEY(blob_id) REFERENCES blobs (id)
);
INSERT INTO "app_pictures" VALUES(1,1,NULL,NULL,NULL,'x',0,NULL);
CREATE TABLE app_revisions (
	id INTEGER NOT NULL, 
	app_id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	label VARCHAR(63) NOT NULL, 
	framework VARCHAR(32) NOT NULL, 
	entry TEXT NOT NULL, 
	cwd TEXT NOT NULL, 
	bundle VARCHAR(64) NOT NULL, 
	blob_id INTEGER NOT NULL, 
	requirements TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by INTEGER, 
	CONSTRAINT pk_app_revisions PRIMARY KEY (id), 
	CONSTRAINT uq_app_revisions_app_id_number UNIQUE (app_id, number), 
	CONSTRAINT fk_app_revisions_app_id FOREIGN KEY(app_id) REFERENCES apps (id), 
	CONSTRAINT uq_app_revisions_label UNIQUE (label), 
	CONSTRAINT fk_app_revisions_blob_id FOREIGN KEY(blob_id) REFERENCES blobs (id), 
	CONSTRAINT fk_app_revisions_created_by FOREIGN KEY(created_by) REFERENCES users (id)
);
INSERT INTO "app_revisions" VALUES(1,1,1,'what-if-1-0-1-32f9063875','asgi','app.py','','0000000000000000000000000000000000000000000000000000000000000000',5,'','2026-11-23 12:00:18.000000',1);
CREATE TABLE app_use (
	app_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	viewers BIGINT DEFAULT '0' NOT NULL, 
	openings BIGINT DEFAULT '0' NOT NULL, 
	sessions BIGINT DEFAULT '0' NOT NULL, 
	requests BIGINT DEFAULT '0' NOT NULL, 
	errors BIGINT DEFAULT '0' NOT NULL, 
	starts BIGINT DEFAULT '0' NOT NULL, 
	ready BIGINT DEFAULT '0' NOT NULL, 
	crashes BIGINT DEFAULT '0' NOT NULL, 
	ready_s FLOAT DEFAULT '0' NOT NULL, 
	ready_most_s FLOAT DEFAULT '0' NOT NULL, 
	memory_most_bytes BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_app_use PRIMARY KEY (app_id, day), 
	CONSTRAINT fk_app_use_app_id FOREIGN KEY(app_id) REFERENCES apps (id)
);
INSERT INTO "app_use" VALUES(1,'2026-11-23',0,0,0,0,0,0,0,0,0.0,0.0,0);
CREATE TABLE app_viewers (
	app_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	who VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_app_viewers PRIMARY KEY (app_id, day, who), 
	CONSTRAINT fk_app_viewers_app_id FOREIGN KEY(app_id) REFERENCES apps (id)
);
INSERT INTO "app_viewers" VALUES(1,'2026-11-23','x');
CREATE TABLE apps (
	id INTEGER NOT NULL, 
	version_id INTEGER NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	title TEXT NOT NULL, 
	description TEXT NOT NULL, 
	min_instances BIGINT DEFAULT '0' NOT NULL, 
	max_instances BIGINT DEFAULT '1' NOT NULL, 
	people BIGINT, 
	idle_minutes FLOAT, 
	network VARCHAR(16) DEFAULT 'none' NOT NULL, 
	feedback BOOLEAN DEFAULT 0 NOT NULL, 
	upload_mb BIGINT, 
	picture BOOLEAN DEFAULT 1 NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by INTEGER, 
	deleted_at DATETIME, 
	CONSTRAINT pk_apps PRIMARY KEY (id), 
	CONSTRAINT uq_apps_version_id_name UNIQUE (version_id, name), 
	CONSTRAINT fk_apps_version_id FOREIGN KEY(version_id) REFERENCES versions (id), 
	CONSTRAINT fk_apps_created_by FOREIGN KEY(created_by) REFERENCES users (id)
);
INSERT INTO "apps" VALUES(1,3,'what-if','','',0,1,NULL,NULL,'none',0,NULL,1,'2026-11-23 12:00:18.000000',1,NULL);
CREATE TABLE blobs (
	id INTEGER NOT NULL, 
	project_id INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	size BIGINT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_blobs PRIMARY KEY (id), 
	CONSTRAINT uq_blobs_project_id_digest UNIQUE (project_id, digest), 
	CONSTRAINT fk_blobs_project_id FOREIGN KEY(project_id) REFERENCES projects (id)
);
INSERT INTO "blobs" VALUES(1,1,'2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',5,'2026-11-23 12:00:10.000000');
INSERT INTO "blobs" VALUES(2,1,'bc51e9e65d79e1c90ba544ab2eae1044ccdf8c1af7a559ba375cba4276f7d99e',4,'2026-11-23 12:00:11.000000');
INSERT INTO "blobs" VALUES(3,1,'7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',3,'2026-11-23 12:00:13.000000');
INSERT INTO "blobs" VALUES(4,1,'3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',3,'2026-11-23 12:00:15.000000');
INSERT INTO "blobs" VALUES(5,1,'4a70fe9aa6436e02c2dea340fbd1e352e4ef2d8ce6ca52ad25d4b95471fc8bf2',3,'2026-11-23 12:00:18.000000');
INSERT INTO "blobs" VALUES(6,1,'ba2e8df8230a8ffafb2821742edc887f66036c515b56b53b30cb78a2e0d5e26d',9,'2026-11-23 12:00:21.000000');
CREATE TABLE changes (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	"by" INTEGER, 
	project_id INTEGER, 
	action VARCHAR(32) NOT NULL, 
	object_kind VARCHAR(16) NOT NULL, 
	object_id BIGINT NOT NULL, 
	ref TEXT NOT NULL, 
	data JSON NOT NULL, 
	"transaction" BIGINT NOT NULL, 
	CONSTRAINT pk_changes PRIMARY KEY (id), 
	CONSTRAINT fk_changes_by FOREIGN KEY("by") REFERENCES users (id), 
	CONSTRAINT fk_changes_project_id FOREIGN KEY(project_id) REFERENCES projects (id)
);
INSERT INTO "changes" VALUES(1,'2026-11-23 12:00:04.000000',1,NULL,'made','owner',1,'acme','{}',0);
INSERT INTO "changes" VALUES(2,'2026-11-23 12:00:04.000000',1,1,'made','project',1,'acme/churn','{}',0);
INSERT INTO "changes" VALUES(3,'2026-11-23 12:00:05.000000',1,1,'started','run',1,'acme/churn/runs/9f3c2a1b00000000','{"name": "baseline"}',0);
INSERT INTO "changes" VALUES(4,'2026-11-23 12:00:06.000000',1,1,'logged inputs','run',1,'acme/churn/runs/9f3c2a1b00000000','{}',0);
INSERT INTO "changes" VALUES(5,'2026-11-23 12:00:07.000000',1,1,'logged outputs','run',1,'acme/churn/runs/9f3c2a1b00000000','{}',0);
INSERT INTO "changes" VALUES(6,'2026-11-23 12:00:10.000000',1,1,'logged','object',1,'acme/churn/runs/9f3c2a1b00000000#texts/note','{"section": "texts", "name": "note"}',0);
INSERT INTO "changes" VALUES(7,'2026-11-23 12:00:11.000000',1,1,'made','dataset',1,'acme/churn/datasets/customers','{}',0);
INSERT INTO "changes" VALUES(8,'2026-11-23 12:00:11.000000',1,1,'logged','dataset',1,'acme/churn/datasets/customers@1.0.0','{}',0);
INSERT INTO "changes" VALUES(9,'2026-11-23 12:00:13.000000',1,1,'made','model',2,'acme/churn/models/classifier','{}',0);
INSERT INTO "changes" VALUES(10,'2026-11-23 12:00:13.000000',1,1,'logged','model',2,'acme/churn/models/classifier@1.0.0','{}',0);
INSERT INTO "changes" VALUES(11,'2026-11-23 12:00:14.000000',1,1,'promoted','version',2,'acme/churn/models/classifier@1.0.0','{"kind": "stage", "name": "production", "before": null, "reason": "best"}',0);
INSERT INTO "changes" VALUES(12,'2026-11-23 12:00:15.000000',1,1,'logged','model',3,'acme/churn/models/classifier@1.0.1','{}',0);
INSERT INTO "changes" VALUES(13,'2026-11-23 12:00:16.000000',1,1,'promoted','version',3,'acme/churn/models/classifier@1.0.1','{"kind": "stage", "name": "production", "before": null, "reason": "best"}',0);
INSERT INTO "changes" VALUES(14,'2026-11-23 12:00:17.000000',1,1,'aliased','version',3,'acme/churn/models/classifier@1.0.1','{"kind": "alias", "name": "champion", "before": null, "reason": ""}',0);
INSERT INTO "changes" VALUES(15,'2026-11-23 12:00:18.000000',1,1,'logged','app',1,'acme/churn/models/classifier@1.0.1/apps/what-if','{"revision": 1}',0);
INSERT INTO "changes" VALUES(16,'2026-11-23 12:00:19.000000',1,1,'published','report',1,'acme/churn/reports/q3','{"revision": 1}',0);
INSERT INTO "changes" VALUES(17,'2026-11-23 12:00:20.000000',1,1,'published','report',2,'acme/churn/readme','{"revision": 1}',0);
INSERT INTO "changes" VALUES(18,'2026-11-23 12:00:21.000000',1,1,'froze','report',1,'acme/churn/reports/q3','{}',0);
CREATE TABLE collections (
	id INTEGER NOT NULL, 
	project_id INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	title TEXT NOT NULL, 
	description TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by INTEGER, 
	deleted_at DATETIME, 
	CONSTRAINT pk_collections PRIMARY KEY (id), 
	CONSTRAINT uq_collections_project_id_kind_name UNIQUE (project_id, kind, name), 
	CONSTRAINT fk_collections_project_id FOREIGN KEY(project_id) REFERENCES projects (id), 
	CONSTRAINT fk_collections_created_by FOREIGN KEY(created_by) REFERENCES users (id)
);
INSERT INTO "collections" VALUES(1,1,'datasets','customers','','','2026-11-23 12:00:11.000000',1,NULL);
INSERT INTO "collections" VALUES(2,1,'models','classifier','','','2026-11-23 12:00:13.000000',1,NULL);
CREATE TABLE edges (
	id INTEGER NOT NULL, 
	project_id INTEGER NOT NULL, 
	source_kind VARCHAR(16) NOT NULL, 
	source_id BIGINT NOT NULL, 
	target_kind VARCHAR(16) NOT NULL, 
	target_id BIGINT NOT NULL, 
	relation VARCHAR(16) NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by INTEGER, 
	CONSTRAINT pk_edges PRIMARY KEY (id), 
	CONSTRAINT uq_edges_source_kind_source_id_target_kind_target_id_relation UNIQUE (source_kind, source_id, target_kind, target_id, relation), 
	CONSTRAINT fk_edges_project_id FOREIGN KEY(project_id) REFERENCES projects (id), 
	CONSTRAINT fk_edges_created_by FOREIGN KEY(created_by) REFERENCES users (id)
);
INSERT INTO "edges" VALUES(1,1,'version',1,'run',1,'used','2026-11-23 12:00:12.000000',1);
INSERT INTO "edges" VALUES(2,1,'run',1,'version',2,'made','2026-11-23 12:00:13.000000',1);
INSERT INTO "edges" VALUES(3,1,'run',1,'version',3,'made','2026-11-23 12:00:15.000000',1);
INSERT INTO "edges" VALUES(4,1,'version',3,'app',1,'serves','2026-11-23 12:00:18.000000',1);
CREATE TABLE feedback (
	id INTEGER NOT NULL, 
	uuid VARCHAR(32) NOT NULL, 
	version_id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	instance BIGINT NOT NULL, 
	at DATETIME NOT NULL, 
	size BIGINT NOT NULL, 
	flag VARCHAR(64) NOT NULL, 
	viewer TEXT, 
	visitor TEXT, 
	note TEXT NOT NULL, 
	inputs TEXT NOT NULL, 
	output TEXT NOT NULL, 
	CONSTRAINT pk_feedback PRIMARY KEY (id), 
	CONSTRAINT uq_feedback_uuid UNIQUE (uuid), 
	CONSTRAINT fk_feedback_version_id FOREIGN KEY(version_id) REFERENCES versions (id), 
	CONSTRAINT fk_feedback_revision_id FOREIGN KEY(revision_id) REFERENCES app_revisions (id)
);
INSERT INTO "feedback" VALUES(1,'x',1,1,1,'2026-11-23 12:00:00.000000',1,'x',NULL,NULL,'x','x','x');
CREATE TABLE feedback_totals (
	version_id INTEGER NOT NULL, 
	entries BIGINT NOT NULL, 
	size BIGINT NOT NULL, 
	refused BIGINT NOT NULL, 
	CONSTRAINT pk_feedback_totals PRIMARY KEY (version_id), 
	CONSTRAINT fk_feedback_totals_version_id FOREIGN KEY(version_id) REFERENCES versions (id)
);
INSERT INTO "feedback_totals" VALUES(1,1,1,1);
CREATE TABLE instance_moves (
	id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	reason TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_instance_moves PRIMARY KEY (id), 
	CONSTRAINT fk_instance_moves_revision_id FOREIGN KEY(revision_id) REFERENCES app_revisions (id)
);
INSERT INTO "instance_moves" VALUES(1,1,1,'ready','','2026-11-23 12:00:25.000000');
CREATE TABLE instances (
	id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	front VARCHAR(64) NOT NULL, 
	number BIGINT DEFAULT '1' NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	reason TEXT NOT NULL, 
	pid BIGINT, 
	log TEXT NOT NULL, 
	started_at DATETIME, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_instances PRIMARY KEY (id), 
	CONSTRAINT fk_instances_revision_id FOREIGN KEY(revision_id) REFERENCES app_revisions (id)
);
INSERT INTO "instances" VALUES(1,1,'front',1,'ready','',NULL,'','2026-11-23 12:00:22.000000','2026-11-23 12:00:23.000000');
CREATE TABLE login_links (
	id INTEGER NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	user_id INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	CONSTRAINT pk_login_links PRIMARY KEY (id), 
	CONSTRAINT uq_login_links_token_hash UNIQUE (token_hash), 
	CONSTRAINT fk_login_links_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "login_links" VALUES(1,'x',1,'2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000',NULL);
CREATE TABLE objects (
	id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	section VARCHAR(32) NOT NULL, 
	name TEXT NOT NULL, 
	step BIGINT, 
	at DATETIME NOT NULL, 
	media_type TEXT NOT NULL, 
	blob_id INTEGER NOT NULL, 
	still_id INTEGER, 
	still_media_type TEXT, 
	summary JSON NOT NULL, 
	CONSTRAINT pk_objects PRIMARY KEY (id), 
	CONSTRAINT fk_objects_run_id FOREIGN KEY(run_id) REFERENCES runs (id), 
	CONSTRAINT fk_objects_blob_id FOREIGN KEY(blob_id) REFERENCES blobs (id), 
	CONSTRAINT fk_objects_still_id FOREIGN KEY(still_id) REFERENCES blobs (id)
);
INSERT INTO "objects" VALUES(1,1,'text','texts','note',3,'2026-11-23 12:00:09.000000','text/plain',1,NULL,NULL,'{}');
CREATE TABLE owners (
	id INTEGER NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	title TEXT NOT NULL, 
	user_id INTEGER, 
	created_at DATETIME NOT NULL, 
	created_by INTEGER, 
	deleted_at DATETIME, 
	CONSTRAINT pk_owners PRIMARY KEY (id), 
	CONSTRAINT uq_owners_name UNIQUE (name), 
	CONSTRAINT uq_owners_user_id UNIQUE (user_id), 
	CONSTRAINT fk_owners_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT fk_owners_created_by FOREIGN KEY(created_by) REFERENCES users (id)
);
INSERT INTO "owners" VALUES(1,'acme','organization','',NULL,'2026-11-23 12:00:04.000000',1,NULL);
CREATE TABLE params (
	id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	io VARCHAR(8) NOT NULL, 
	name TEXT NOT NULL, 
	kind VARCHAR(8) NOT NULL, 
	number DOUBLE, 
	is_nan BOOLEAN NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_params PRIMARY KEY (id), 
	CONSTRAINT uq_params_run_id_io_name UNIQUE (run_id, io, name), 
	CONSTRAINT fk_params_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
);
INSERT INTO "params" VALUES(1,1,'input','lr','float',0.1,0,'0.1');
INSERT INTO "params" VALUES(2,1,'input','kind','text',NULL,0,'rf');
INSERT INTO "params" VALUES(3,1,'output','score','float',0.9,0,'0.9');
CREATE TABLE points (
	id INTEGER NOT NULL, 
	series_id INTEGER NOT NULL, 
	step BIGINT NOT NULL, 
	at DOUBLE NOT NULL, 
	value DOUBLE, 
	is_nan BOOLEAN NOT NULL, 
	CONSTRAINT pk_points PRIMARY KEY (id), 
	CONSTRAINT fk_points_series_id FOREIGN KEY(series_id) REFERENCES series (id)
);
INSERT INTO "points" VALUES(1,1,1,1.0,0.5,0);
INSERT INTO "points" VALUES(2,1,2,2.0,NULL,1);
CREATE TABLE projects (
	id INTEGER NOT NULL, 
	owner_id INTEGER NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	title TEXT NOT NULL, 
	description TEXT NOT NULL, 
	visibility VARCHAR(16) NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by INTEGER, 
	updated_at DATETIME NOT NULL, 
	deleted_at DATETIME, 
	CONSTRAINT pk_projects PRIMARY KEY (id), 
	CONSTRAINT uq_projects_owner_id_name UNIQUE (owner_id, name), 
	CONSTRAINT fk_projects_owner_id FOREIGN KEY(owner_id) REFERENCES owners (id), 
	CONSTRAINT fk_projects_created_by FOREIGN KEY(created_by) REFERENCES users (id)
);
INSERT INTO "projects" VALUES(1,1,'churn','','','private','2026-11-23 12:00:04.000000',1,'2026-11-23 12:00:20.000000',NULL);
CREATE TABLE promotions (
	id INTEGER NOT NULL, 
	collection_id INTEGER NOT NULL, 
	version_id INTEGER NOT NULL, 
	kind VARCHAR(8) NOT NULL, 
	name TEXT, 
	"before" TEXT, 
	displaced_id INTEGER, 
	reason TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	"by" INTEGER, 
	CONSTRAINT pk_promotions PRIMARY KEY (id), 
	CONSTRAINT fk_promotions_collection_id FOREIGN KEY(collection_id) REFERENCES collections (id), 
	CONSTRAINT fk_promotions_version_id FOREIGN KEY(version_id) REFERENCES versions (id), 
	CONSTRAINT fk_promotions_displaced_id FOREIGN KEY(displaced_id) REFERENCES versions (id), 
	CONSTRAINT fk_promotions_by FOREIGN KEY("by") REFERENCES users (id)
);
INSERT INTO "promotions" VALUES(1,2,2,'stage','production',NULL,NULL,'best','2026-11-23 12:00:14.000000',1);
INSERT INTO "promotions" VALUES(2,2,3,'stage','production',NULL,2,'best','2026-11-23 12:00:16.000000',1);
INSERT INTO "promotions" VALUES(3,2,3,'alias','champion',NULL,NULL,'','2026-11-23 12:00:17.000000',1);
CREATE TABLE report_revisions (
	id INTEGER NOT NULL, 
	report_id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by INTEGER, 
	CONSTRAINT pk_report_revisions PRIMARY KEY (id), 
	CONSTRAINT uq_report_revisions_report_id_number UNIQUE (report_id, number), 
	CONSTRAINT fk_report_revisions_report_id FOREIGN KEY(report_id) REFERENCES reports (id), 
	CONSTRAINT fk_report_revisions_created_by FOREIGN KEY(created_by) REFERENCES users (id)
);
INSERT INTO "report_revisions" VALUES(1,1,1,'# Q3
','304d74138a38e537200023db0d3025b752b40e3d09a3be2e2518ac268901c3db','2026-11-23 12:00:19.000000',1);
INSERT INTO "report_revisions" VALUES(2,2,1,'# Churn
','2ffb97f65f708113894a5411d54454f41c515443b63f080beb6464c7a8ed6390','2026-11-23 12:00:20.000000',1);
CREATE TABLE reports (
	id INTEGER NOT NULL, 
	project_id INTEGER NOT NULL, 
	subject_kind VARCHAR(16) NOT NULL, 
	subject_id BIGINT NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	title TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by INTEGER, 
	updated_at DATETIME NOT NULL, 
	deleted_at DATETIME, 
	CONSTRAINT pk_reports PRIMARY KEY (id), 
	CONSTRAINT fk_reports_project_id FOREIGN KEY(project_id) REFERENCES projects (id), 
	CONSTRAINT fk_reports_created_by FOREIGN KEY(created_by) REFERENCES users (id)
);
INSERT INTO "reports" VALUES(1,1,'project',1,'q3','Q3','2026-11-23 12:00:19.000000',1,'2026-11-23 12:00:19.000000',NULL);
INSERT INTO "reports" VALUES(2,1,'project',1,'','','2026-11-23 12:00:20.000000',1,'2026-11-23 12:00:20.000000',NULL);
CREATE TABLE run_statuses (
	id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	reason TEXT NOT NULL, 
	message TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_run_statuses PRIMARY KEY (id), 
	CONSTRAINT fk_run_statuses_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
);
INSERT INTO "run_statuses" VALUES(1,1,'running','created','','2026-11-23 12:00:05.000000');
CREATE TABLE run_tags (
	run_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	CONSTRAINT pk_run_tags PRIMARY KEY (run_id, name), 
	CONSTRAINT fk_run_tags_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
);
INSERT INTO "run_tags" VALUES(1,'first');
CREATE TABLE runs (
	id INTEGER NOT NULL, 
	project_id INTEGER NOT NULL, 
	uuid VARCHAR(64) NOT NULL, 
	name TEXT NOT NULL, 
	description TEXT NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	message TEXT NOT NULL, 
	progress DOUBLE, 
	parent_id INTEGER, 
	meta JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by INTEGER, 
	started_at DATETIME, 
	finished_at DATETIME, 
	heartbeat_at DATETIME, 
	deleted_at DATETIME, 
	CONSTRAINT pk_runs PRIMARY KEY (id), 
	CONSTRAINT uq_runs_project_id_uuid UNIQUE (project_id, uuid), 
	CONSTRAINT fk_runs_project_id FOREIGN KEY(project_id) REFERENCES projects (id), 
	CONSTRAINT fk_runs_parent_id FOREIGN KEY(parent_id) REFERENCES runs (id), 
	CONSTRAINT fk_runs_created_by FOREIGN KEY(created_by) REFERENCES users (id)
);
INSERT INTO "runs" VALUES(1,1,'9f3c2a1b00000000','baseline','','running','',NULL,NULL,'{}','2026-11-23 12:00:05.000000',1,'2026-11-23 12:00:05.000000',NULL,'2026-11-23 12:00:05.000000',NULL);
CREATE TABLE series (
	id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	count BIGINT NOT NULL, 
	first DOUBLE, 
	last DOUBLE, 
	min DOUBLE, 
	max DOUBLE, 
	last_step BIGINT, 
	CONSTRAINT pk_series PRIMARY KEY (id), 
	CONSTRAINT uq_series_run_id_name UNIQUE (run_id, name), 
	CONSTRAINT fk_series_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
);
INSERT INTO "series" VALUES(1,1,'auc',2,0.5,0.5,0.5,0.5,2);
CREATE TABLE sessions (
	id INTEGER NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	user_id INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_sessions PRIMARY KEY (id), 
	CONSTRAINT uq_sessions_token_hash UNIQUE (token_hash), 
	CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "sessions" VALUES(1,'x',1,'2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000',NULL);
CREATE TABLE settings (
	"key" VARCHAR(64) NOT NULL, 
	value JSON NOT NULL, 
	CONSTRAINT pk_settings PRIMARY KEY ("key")
);
INSERT INTO "settings" VALUES('blobs','"blobs"');
CREATE TABLE snapshots (
	id INTEGER NOT NULL, 
	report_id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	blob_id INTEGER NOT NULL, 
	content VARCHAR(64) NOT NULL, 
	"values" JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by INTEGER, 
	CONSTRAINT pk_snapshots PRIMARY KEY (id), 
	CONSTRAINT uq_snapshots_report_id_number UNIQUE (report_id, number), 
	CONSTRAINT fk_snapshots_report_id FOREIGN KEY(report_id) REFERENCES reports (id), 
	CONSTRAINT fk_snapshots_revision_id FOREIGN KEY(revision_id) REFERENCES report_revisions (id), 
	CONSTRAINT fk_snapshots_blob_id FOREIGN KEY(blob_id) REFERENCES blobs (id), 
	CONSTRAINT fk_snapshots_created_by FOREIGN KEY(created_by) REFERENCES users (id)
);
INSERT INTO "snapshots" VALUES(1,1,1,1,6,'ba2e8df8230a8ffafb2821742edc887f66036c515b56b53b30cb78a2e0d5e26d','{"a": "b"}','2026-11-23 12:00:21.000000',1);
CREATE TABLE tickets (
	id INTEGER NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	revision_id INTEGER NOT NULL, 
	user_id INTEGER, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	CONSTRAINT pk_tickets PRIMARY KEY (id), 
	CONSTRAINT uq_tickets_token_hash UNIQUE (token_hash), 
	CONSTRAINT fk_tickets_revision_id FOREIGN KEY(revision_id) REFERENCES app_revisions (id), 
	CONSTRAINT fk_tickets_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "tickets" VALUES(1,'x',1,1,'2026-11-23 12:00:00.000000','2026-11-23 12:00:00.000000',NULL);
CREATE TABLE users (
	id INTEGER NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	title TEXT NOT NULL, 
	email TEXT, 
	created_at DATETIME NOT NULL, 
	deleted_at DATETIME, 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT uq_users_name UNIQUE (name), 
	CONSTRAINT uq_users_email UNIQUE (email)
);
INSERT INTO "users" VALUES(1,'local','You',NULL,'2026-11-23 12:00:03.000000',NULL);
CREATE TABLE version_files (
	version_id INTEGER NOT NULL, 
	path TEXT NOT NULL, 
	blob_id INTEGER NOT NULL, 
	CONSTRAINT pk_version_files PRIMARY KEY (version_id, path), 
	CONSTRAINT fk_version_files_version_id FOREIGN KEY(version_id) REFERENCES versions (id), 
	CONSTRAINT fk_version_files_blob_id FOREIGN KEY(blob_id) REFERENCES blobs (id)
);
INSERT INTO "version_files" VALUES(1,'rows.csv',2);
INSERT INTO "version_files" VALUES(2,'model.txt',3);
INSERT INTO "version_files" VALUES(3,'model.txt',4);
CREATE TABLE versions (
	id INTEGER NOT NULL, 
	collection_id INTEGER NOT NULL, 
	number VARCHAR(128) NOT NULL, 
	major INTEGER NOT NULL, 
	minor INTEGER NOT NULL, 
	patch INTEGER NOT NULL, 
	pre_key TEXT NOT NULL, 
	content VARCHAR(64) NOT NULL, 
	size BIGINT NOT NULL, 
	run_id INTEGER, 
	stage VARCHAR(16), 
	flavour VARCHAR(32), 
	signature JSON, 
	summary JSON NOT NULL, 
	notes TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by INTEGER, 
	deleted_at DATETIME, 
	CONSTRAINT pk_versions PRIMARY KEY (id), 
	CONSTRAINT uq_versions_collection_id_number UNIQUE (collection_id, number), 
	CONSTRAINT fk_versions_collection_id FOREIGN KEY(collection_id) REFERENCES collections (id), 
	CONSTRAINT fk_versions_run_id FOREIGN KEY(run_id) REFERENCES runs (id), 
	CONSTRAINT fk_versions_created_by FOREIGN KEY(created_by) REFERENCES users (id)
);
INSERT INTO "versions" VALUES(1,1,'1.0.0',1,0,0,'~','a2dedb90329dbd0685e031e4f136cf4ceb6133a93b16c9405ef8ccee141a2fe3',4,NULL,NULL,'files','{"columns": [{"name": "age", "type": "int64"}]}','{}','','2026-11-23 12:00:11.000000',1,NULL);
INSERT INTO "versions" VALUES(2,2,'1.0.0',1,0,0,'~','f495d2f9cf17bb7f9b87bcafe2ea88299813e504f1d65c6f2776d56bf287e5dc',3,1,'archived','files',NULL,'{}','Better.','2026-11-23 12:00:13.000000',1,NULL);
INSERT INTO "versions" VALUES(3,2,'1.0.1',1,0,1,'~','e523e8c2d71acc0c18bdbc98db43aac977102c1bd3320c0baab148bfd1043e5e',3,1,'production','files',NULL,'{}','Better.','2026-11-23 12:00:15.000000',1,NULL);
CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);
CREATE INDEX ix_sessions_user_id ON sessions (user_id);
CREATE INDEX ix_projects_updated_at ON projects (updated_at);
CREATE INDEX ix_projects_visibility ON projects (visibility);
CREATE INDEX ix_changes_object_kind_changes_object_id ON changes (object_kind, object_id);
CREATE INDEX ix_changes_project_id_changes_id ON changes (project_id, id);
CREATE INDEX ix_edges_target_kind_edges_target_id ON edges (target_kind, target_id);
CREATE INDEX ix_blobs_digest ON blobs (digest);
CREATE UNIQUE INDEX uq_reports_subject ON reports (subject_kind, subject_id, name);
CREATE INDEX ix_reports_project_id_reports_name ON reports (project_id, name);
CREATE INDEX ix_runs_status ON runs (status);
CREATE INDEX ix_runs_parent_id ON runs (parent_id);
CREATE INDEX ix_runs_project_id_runs_name ON runs (project_id, name);
CREATE INDEX ix_series_name_series_last ON series (name, last);
CREATE INDEX ix_objects_run_id_objects_section_objects_name_objects_step ON objects (run_id, section, name, step);
CREATE INDEX ix_versions_collection_id_versions_major_versions_minor_versions_patch_versions_pre_key ON versions (collection_id, major, minor, patch, pre_key);
CREATE INDEX ix_versions_collection_id_versions_content ON versions (collection_id, content);
CREATE INDEX ix_versions_run_id ON versions (run_id);
CREATE INDEX ix_run_statuses_run_id ON run_statuses (run_id);
CREATE INDEX ix_params_io_params_name_params_number ON params (io, name, number);
CREATE INDEX ix_run_tags_name ON run_tags (name);
CREATE INDEX ix_points_series_id_points_step_points_id ON points (series_id, step, id);
CREATE INDEX ix_version_files_blob_id ON version_files (blob_id);
CREATE INDEX ix_aliases_version_id ON aliases (version_id);
CREATE INDEX ix_promotions_collection_id_promotions_id ON promotions (collection_id, id);
CREATE INDEX ix_promotions_version_id ON promotions (version_id);
CREATE INDEX ix_app_revisions_blob_id ON app_revisions (blob_id);
CREATE INDEX ix_app_use_day ON app_use (day);
CREATE INDEX ix_app_viewers_day ON app_viewers (day);
CREATE INDEX ix_tickets_expires_at ON tickets (expires_at);
CREATE INDEX ix_instances_revision_id ON instances (revision_id);
CREATE INDEX ix_instance_moves_at ON instance_moves (at);
CREATE INDEX ix_instance_moves_revision_id_id ON instance_moves (revision_id, id);
CREATE INDEX ix_feedback_revision_id ON feedback (revision_id);
CREATE INDEX ix_feedback_version_id_feedback_flag_feedback_id ON feedback (version_id, flag, id);
CREATE INDEX ix_feedback_version_id_feedback_id ON feedback (version_id, id);
CREATE INDEX ix_app_pictures_blob_id ON app_pictures (blob_id);
CREATE INDEX ix_app_pictures_due_at ON app_pictures (due_at);
COMMIT;
