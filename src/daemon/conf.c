/* Owns the daemon's configuration: every setting with its default, read from assayd.conf.
 * Must never know: who obeys it. */
#include "daemon/conf.h"

#include <assay/settings.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHIPPED "/profiles/default.rule"

enum { WORKERS_MOST = 256, HOST_SIZE = 256, NAME_MOST = 253, LABEL_MOST = 63 };

static const struct conf_limits limits_default = {
    .connections = 4000,
    .client_connections = 50,
    .request = (size_t)16 << 20,
    .headers = 64 * 1024,
    .bytes = (size_t)256 << 20,
    .first_byte = 30000,
    .idle = 600000, /* longer than Postfix keeps one that is idle (300 s), so that it is Postfix that closes it */
    .whole_request = 300000,
    .write = 120000,
    .grace = 10000,
    .deadline = 5000,
};

/* What is being read, and where what is wrong with it is said. */
struct reading {
  struct conf *conf;
  const assay_settings *settings;
  assay_diags *diags;
  bool failed; /* memory is out */
};

static void complain(const struct reading *r, size_t index, size_t value, const char *message, const char *help) {
  assay_settings_complain(r->settings, index, value, message, help, r->diags);
}

/* One more element of an array; NULL without memory. */
static void *grow(struct reading *r, void **array, size_t *count, size_t size) {
  void *grown = realloc(*array, (*count + 1) * size);
  r->failed |= !grown;
  if (!grown) return NULL;
  *array = grown;
  char *element = (char *)grown + (*count)++ * size;
  memset(element, 0, size);
  return element;
}

static bool part_of(const struct reading *r, size_t index, const char *part, size_t nth, assay_setting_value *out) {
  return assay_settings_part(r->settings, index, part, nth, out) == ASSAY_OK;
}

/* Whether a setting of this kind that stands above has the same text in this place. */
static bool stands_above(const struct reading *r, size_t index, size_t nth) {
  assay_setting mine, above;
  assay_setting_value text, other;
  if (assay_settings_at(r->settings, index, &mine) != ASSAY_OK || !part_of(r, index, "", nth, &text)) return false;
  for (size_t i = 0; i < index; i++)
    if (assay_settings_at(r->settings, i, &above) == ASSAY_OK && above.form == mine.form &&
        part_of(r, i, "", nth, &other) && strcmp(other.text, text.text) == 0)
      return true;
  return false;
}

/* --- listen --- */

static void read_owner(const struct reading *r, size_t index, struct conf_listen *listen) {
  assay_setting_value value;
  listen->owner = (uid_t)-1;
  listen->group = (gid_t)-1;
  listen->mode = 0600;
  if (part_of(r, index, "owner", 0, &value)) {
    const struct passwd *user = getpwnam(value.text);
    if (user) listen->owner = user->pw_uid;
    if (!user) complain(r, index, ASSAY_SETTING_WHOLE, "there is no user of this name", "`getent passwd` lists them");
  }
  if (part_of(r, index, "group", 0, &value)) {
    const struct group *group = getgrnam(value.text);
    if (group) listen->group = group->gr_gid;
    if (!group) complain(r, index, ASSAY_SETTING_WHOLE, "there is no group of this name", "`getent group` lists them");
  }
  if (part_of(r, index, "mode", 0, &value)) listen->mode = (mode_t)value.number;
}

static void read_listen(struct reading *r, size_t index, const void *row) {
  assay_setting_value front, endpoint, part;
  struct conf_listen *listen =
      grow(r, (void **)&r->conf->listens, &r->conf->listen_count, sizeof *listen);
  (void)row;
  if (r->conf->listen_count == CONF_LISTENS_MOST + 1)
    complain(r, index, ASSAY_SETTING_WHOLE, "there are more of these than the 64 that can be", NULL);
  if (!listen || !part_of(r, index, "", 0, &front) || !part_of(r, index, "", 1, &endpoint)) return;
  listen->front = strcmp(front.text, "spamd") == 0 ? CONF_SPAMD : CONF_POLICY;
  read_owner(r, index, listen);
  bool any_port = endpoint.kind == ASSAY_SETTING_TCP && endpoint.port == 0;
  if (!any_port && stands_above(r, index, 1))
    complain(r, index, 1, "a `listen` above has this endpoint", "each protocol has one of its own");
  if (endpoint.kind == ASSAY_SETTING_UNIX) {
    listen->path = endpoint.text;
    return;
  }
  bool owned = part_of(r, index, "owner", 0, &part) || part_of(r, index, "group", 0, &part) ||
               part_of(r, index, "mode", 0, &part);
  if (owned) complain(r, index, ASSAY_SETTING_WHOLE, "owner, group and mode are those of a Unix socket",
                      "who may connect by TCP is said by `allow`");
  const char *address = strcmp(endpoint.address, "*") == 0 ? "0.0.0.0" : endpoint.address;
  address_read(&listen->address, (struct part){address, strlen(address)}, NULL);
  listen->port = (uint16_t)endpoint.port;
}

/* --- networks, rules, servers --- */

static void read_networks(struct reading *r, size_t index, struct address_range **networks, size_t *count) {
  assay_setting_value value;
  for (size_t i = 0; part_of(r, index, "", i, &value); i++) {
    struct address_range *network = grow(r, (void **)networks, count, sizeof *network);
    if (network) address_range_read(network, (struct part){value.text, strlen(value.text)});
  }
}

static void read_allow(struct reading *r, size_t index, const void *row) {
  (void)row;
  read_networks(r, index, &r->conf->allow, &r->conf->allow_count);
}

static void read_trusted(struct reading *r, size_t index, const void *row) {
  (void)row;
  read_networks(r, index, &r->conf->trusted, &r->conf->trusted_count);
}

static void read_rules(struct reading *r, size_t index, const void *row) {
  assay_setting_value value;
  char why[128];
  (void)row;
  for (size_t i = 0; part_of(r, index, "", i, &value); i++) {
    const char **path = grow(r, (void **)&r->conf->rules, &r->conf->rule_count, sizeof *path);
    if (path) *path = value.text;
    if (!path || access(value.text, R_OK) == 0) continue;
    snprintf(why, sizeof why, "this cannot be read: %s", strerrordesc_np(errno));
    complain(r, index, i, why, "the path of a rule file, or of a folder of them, written from / on");
  }
}

static void read_resolver(struct reading *r, size_t index, const void *row) {
  assay_setting_value value;
  struct conf *conf = r->conf;
  size_t len = 0, size = 0;
  (void)row;
  for (size_t i = 0; part_of(r, index, "", i, &value); i++) {
    bool off = value.kind == ASSAY_SETTING_WORD;
    if (off) conf->dns = false;
    if (off && conf->resolver)
      complain(r, index, i, "DNS cannot be off and have servers", "write `resolver off` alone");
    if (off) continue;
    size = len + strlen(value.text) + 2;
    char *servers = realloc(conf->resolver, size);
    if (!servers) {
      r->failed = true;
      return;
    }
    conf->resolver = servers;
    len += (size_t)snprintf(servers + len, size - len, "%s%s", len > 0 ? "," : "", value.text);
  }
  if (conf->resolver && !conf->dns)
    complain(r, index, 0, "DNS cannot be off and have servers", "write `resolver off` alone");
}

static void read_map(struct reading *r, size_t index, const void *row) {
  assay_setting_value action, text;
  struct proto_error error;
  (void)row;
  if (!part_of(r, index, "", 0, &action) || !part_of(r, index, "", 1, &text)) return;
  if (stands_above(r, index, 0)) complain(r, index, 0, "a `map` above is of this action", "keep one of them");
  if (policy_map_set(&r->conf->policy, action.text, strlen(action.text), text.text, strlen(text.text), &error) !=
      PROTO_OK)
    complain(r, index, 1, error.text, NULL);
}

/* --- the server's name --- */

/* What a server may greet with: two labels at least, of letters, digits and inner hyphens, and the last not all digits. */
static bool is_full_name(const char *text) {
  static const char digits[] = "0123456789";
  static const char all[] = "0123456789-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const char *label = text;
  for (;;) {
    size_t len = strcspn(label, ".");
    if (len == 0 || len > LABEL_MOST || strspn(label, all) != len) return false;
    if (label[0] == '-' || label[len - 1] == '-') return false;
    if (label[len] == '\0') break;
    label += len + 1;
  }
  return label != text && strlen(text) <= NAME_MOST && label[strspn(label, digits)] != '\0';
}

static void read_server_name(struct reading *r, size_t index, const void *row) {
  assay_setting_value value;
  (void)row;
  if (!part_of(r, index, "", 0, &value)) return;
  r->conf->server_name = value.text;
  if (!is_full_name(value.text))
    complain(r, index, 0, "this is no full name of a server",
             "write the name that the mail server greets with, such as mx.example.org");
}

/* --- single values --- */

struct row {
  assay_setting_form form;
  void (*read)(struct reading *r, size_t index, const void *row);
  size_t offset; /* of the member in struct conf */
};

static void *member(struct reading *r, const void *row) {
  return (char *)r->conf + ((const struct row *)row)->offset;
}

static void read_size(struct reading *r, size_t index, const void *row) {
  assay_setting_value value;
  size_t *out = member(r, row);
  if (part_of(r, index, "", 0, &value)) *out = (size_t)value.number;
}

static void read_time(struct reading *r, size_t index, const void *row) {
  assay_setting_value value;
  uint32_t *out = member(r, row);
  if (part_of(r, index, "", 0, &value)) *out = (uint32_t)value.number;
}

static void read_workers(struct reading *r, size_t index, const void *row) {
  assay_setting_value value;
  (void)row;
  if (part_of(r, index, "", 0, &value)) r->conf->workers = (unsigned)value.number;
}

/* Of two words, the second is true. */
static void read_switch(struct reading *r, size_t index, const void *row) {
  assay_setting_value value;
  bool *out = member(r, row);
  const char *second = strchr(((const struct row *)row)->form.values, '|') + 1;
  if (part_of(r, index, "", 0, &value)) *out = strcmp(value.text, second) == 0;
}

#define SIZE(name, member, doc) \
  {{"limit " name, "NUMBER(0..16G)", false, doc}, read_size, offsetof(struct conf, limits.member)}
#define TIME(name, member, doc) \
  {{"limit " name, "DURATION(1ms..24h)", false, doc}, read_time, offsetof(struct conf, limits.member)}
#define SWITCH(name, values, member, doc) {{name, values, false, doc}, read_switch, offsetof(struct conf, member)}

static const struct row rows[] = {
    {{"listen", "spamd|policy ENDPOINT [owner TEXT] [group TEXT] [mode OCTAL(0..0777)]", true, "where clients connect"},
     read_listen, 0},
    {{"allow", "NETWORK...", true, "who may connect by TCP, beside this machine"}, read_allow, 0},
    {{"trusted", "NETWORK...", true, "relays of yours, in the Received lines of messages"}, read_trusted, 0},
    {{"server_name", "TEXT", false, "the name that the mail server greets with"}, read_server_name, 0},
    {{"rules", "STRING...", true, "rule files, and folders of them"}, read_rules, 0},
    {{"resolver", "off|SERVER...", false, "whom to ask DNS"}, read_resolver, 0},
    {{"map", "accept|tag|greylist|defer|reject|discard STRING", true, "what an action is to Postfix"}, read_map, 0},
    SWITCH("dry_run", "off|on", dry_run, "say what would have happened to mail, and let it pass"),
    SWITCH("markup", "assay|spamassassin", spamassassin_markup, "the header fields that PROCESS and HEADERS add"),
    SWITCH("log", "logfmt|json", log_json, "the form of the log"),
    SWITCH("watch", "off|on", watch, "reload the rules when a file of them has changed"),
    {{"workers", "NUMBER(1..256)", false, "threads that serve"}, read_workers, 0},
    SIZE("connections", connections, "at once"),
    SIZE("client_connections", client_connections, "at once, of one client"),
    SIZE("request", request, "bytes of a message"),
    SIZE("headers", headers, "bytes of a request, without the message"),
    SIZE("bytes", bytes, "that all connections may hold together"),
    TIME("first_byte", first_byte, "until a client says something"),
    TIME("idle", idle, "between two requests"),
    TIME("whole_request", whole_request, "from the first byte of a request to its last"),
    TIME("write", write, "until a client takes its answer"),
    TIME("grace", grace, "for what is under way when the daemon stops"),
    TIME("dns", deadline, "until a verdict is given without the answers that are missing"),
};

enum { ROWS = sizeof rows / sizeof *rows };

/* --- defaults --- */

/* The rules beside the program: a build tree and an installed one have the same shape. */
static const char *shipped_rules(void) {
  static char path[PATH_MAX + sizeof "/share/assay/rules" SHIPPED];
  char self[PATH_MAX];
  ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
  if (len > 0) {
    self[len] = '\0';
    for (int up = 0; up < 2; up++) {
      char *slash = strrchr(self, '/');
      if (slash) *slash = '\0';
    }
    snprintf(path, sizeof path, "%s/share/assay/rules%s", self, SHIPPED);
    if (access(path, R_OK) == 0) return path;
  }
  return ASSAY_RULES_DIR SHIPPED;
}

static void set_defaults(struct conf *conf) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  *conf = (struct conf){.dns = true, .dry_run = true, .watch = true, .limits = limits_default};
  conf->workers = cores < 1 ? 1 : cores > WORKERS_MOST ? WORKERS_MOST : (unsigned)cores;
  policy_map_init(&conf->policy);
}

static const char *host_name(void) {
  static char name[HOST_SIZE];
  if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "localhost";
  return name;
}

/* What was not said. */
static void fill_up(struct reading *r) {
  static const struct conf_listen ours[] = {
      {.front = CONF_SPAMD, .port = 10783},
      {.front = CONF_POLICY, .port = 10784},
  };
  struct conf *conf = r->conf;
  for (size_t i = 0, count = conf->listen_count > 0 ? 0 : sizeof ours / sizeof *ours; i < count; i++) {
    struct conf_listen *listen = grow(r, (void **)&conf->listens, &conf->listen_count, sizeof *listen);
    if (listen) *listen = ours[i];
    if (listen) address_read(&listen->address, PART("127.0.0.1"), NULL);
  }
  const char **path = conf->rule_count == 0 ? grow(r, (void **)&conf->rules, &conf->rule_count, sizeof *path) : NULL;
  if (path) *path = shipped_rules();
  conf->host = host_name();
}

/* --- all of it --- */

/* Whoever listens to the world says to whom. */
static void check_open(const struct reading *r) {
  assay_setting setting;
  size_t listen = 0;
  for (size_t i = 0; assay_settings_at(r->settings, i, &setting) == ASSAY_OK; i++) {
    if (strcmp(setting.name, "listen") != 0 || listen >= r->conf->listen_count) continue;
    const struct conf_listen *at = &r->conf->listens[listen++];
    if (!at->path && !net_is_loopback(&at->address) && r->conf->allow_count == 0)
      complain(r, i, 1, "others than this machine can connect here, and `allow` says of nobody that he may",
               "add a line such as `allow 192.0.2.0/24`, or listen at tcp:127.0.0.1:PORT");
  }
}

static void say(void *user, const char *bytes, size_t len) {
  fwrite(bytes, 1, len, user);
}

static bool show(const assay_diags *diags) {
  for (size_t i = 0; i < assay_diags_count(diags); i++)
    assay_diags_render(diags, i, isatty(STDERR_FILENO), say, stderr);
  return assay_diags_errors(diags) == 0;
}

static bool read_settings(struct reading *r, const char *path) {
  assay_setting_form forms[ROWS];
  assay_setting setting;
  for (size_t i = 0; i < ROWS; i++) forms[i] = rows[i].form;
  assay_status status = assay_settings_read_file(&r->conf->settings, path, forms, ROWS, NULL, &r->diags);
  r->settings = r->conf->settings;
  for (size_t i = 0; status == ASSAY_OK && assay_settings_at(r->settings, i, &setting) == ASSAY_OK; i++)
    rows[setting.form].read(r, i, &rows[setting.form]);
  if (status == ASSAY_OK) check_open(r);
  bool right = show(r->diags) && status == ASSAY_OK;
  if (!right && assay_diags_count(r->diags) == 0) fprintf(stderr, "assayd: %s: %s\n", path, assay_status_text(status));
  assay_diags_free(r->diags);
  return right;
}

/* What may not be looked at may be there: to serve by the defaults instead would pass over what was set. */
static bool is_installed(void) {
  return access(ASSAY_CONF_FILE, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

bool conf_read(struct conf *conf, const char *path) {
  struct reading reading = {.conf = conf};
  set_defaults(conf);
  if (!path && is_installed()) path = ASSAY_CONF_FILE;
  bool right = !path || read_settings(&reading, path);
  if (right) fill_up(&reading);
  if (reading.failed) fprintf(stderr, "assayd: out of memory\n");
  return right && !reading.failed;
}

void conf_free(struct conf *conf) {
  assay_settings_free(conf->settings);
  free(conf->listens);
  free(conf->allow);
  free(conf->trusted);
  free(conf->rules);
  free(conf->resolver);
  *conf = (struct conf){0};
}
