/* Reads settings of its own in the form of rule files: a table says what each is called and takes, and the library says
 * what is wrong with a line. What only the host can judge, it adds to the same list. */
#include <assay/assay.h>
#include <stdio.h>
#include <string.h>

/* What can be set, and what it is when nobody sets it. */
struct conf {
  int64_t workers, idle_ms;
  char listen[64];
};

static const assay_setting_form forms[] = {
    {"listen", "ENDPOINT [owner TEXT]", true, "where to wait for connections"},
    {"workers", "NUMBER(1..64)", false, "how many threads serve"},
    {"limit idle", "DURATION(1s..1h)", false, "how long a silent connection is kept"},
};
enum { LISTEN, WORKERS, LIMIT_IDLE, FORMS };

static void write_out(void *user, const char *bytes, size_t len) {
  (void)user;
  fwrite(bytes, 1, len, stdout);
}

/* Takes in one setting; what cannot be is an error at its place. */
static void take(struct conf *conf, const assay_settings *settings, size_t index, assay_diags *diags) {
  assay_setting setting;
  assay_setting_value first, owner;
  assay_settings_at(settings, index, &setting);
  assay_settings_value(settings, index, 0, &first);
  if (setting.form == WORKERS) conf->workers = first.number;
  if (setting.form == LIMIT_IDLE) conf->idle_ms = first.number;
  if (setting.form != LISTEN) return;
  if (first.kind == ASSAY_SETTING_TCP)
    snprintf(conf->listen, sizeof conf->listen, "%s port %u", first.address, first.port);
  else
    snprintf(conf->listen, sizeof conf->listen, "socket %s", first.text);
  if (assay_settings_part(settings, index, "owner", 0, &owner) == ASSAY_OK && strcmp(owner.text, "postfix") != 0)
    assay_settings_complain(settings, index, owner.index, "there is no such user", "the users are: postfix", diags);
}

static void try(const char *text) {
  struct conf conf = {2, 30000, "nothing"};
  assay_settings *settings;
  assay_diags *diags;
  assay_status s = assay_settings_read_text(&settings, "host.conf", text, strlen(text), forms, FORMS, NULL, &diags);
  for (size_t i = 0; i < assay_settings_count(settings); i++) take(&conf, settings, i, diags);
  for (size_t i = 0; i < assay_diags_count(diags); i++) assay_diags_render(diags, i, false, write_out, NULL);
  if (s == ASSAY_OK && assay_diags_errors(diags) == 0)
    printf("%d workers, idle %d ms, listen on %s\n", (int)conf.workers, (int)conf.idle_ms, conf.listen);
  else
    puts("not started");
  assay_settings_free(settings);
  assay_diags_free(diags);
}

int main(void) {
  try("listen unix:/run/host.sock owner postfix # ours\nlimit idle 5m\n");
  try("listen tcp:[::1]:783\nworkers 100\nlimit idel 5m\n");
  try("listen unix:/run/host.sock owner postfx\n");
  return 0;
}
