/* Shows what a file of settings comes to, by forms that have every kind of place: for the outputs that test_golden.py
 * keeps. usage: show_settings FILE */
#include <assay/assay.h>
#include <stdio.h>

static const assay_setting_form forms[] = {
    {"listen", "spamd|policy ENDPOINT [owner TEXT] [group TEXT] [mode OCTAL(0..0777)] [quiet]", true,
     "where to listen"},
    {"allow", "NETWORK...", true, "who may connect"},
    {"deny", "none|NETWORK... [except ADDRESS...]", true, NULL},
    {"rules", "STRING...", false, "files and folders of rules"},
    {"resolver", "off|SERVER...", true, "whom to ask"},
    {"limit request", "NUMBER(1k..1G)", false, "the largest request, in bytes"},
    {"limit idle", "DURATION(1s..1h)", false, "how long a silent connection is kept"},
    {"map reject", "TEXT", false, NULL},
    {"map greylist", "dunno|WORD [text STRING STRING]", false, NULL},
    {"dry_run", "on|off", false, "only say what would be done"},
    {"workers", "NUMBER(1..4096)", false, NULL},
    {"proxy", "ADDRESS", true, "a host that speaks for others"},
    {"quit", "", false, NULL},
};

static const char *const kinds[] = {"word",    "string",  "number", "duration", "address",
                                    "network", "tcp",     "unix",   "server"};

static void write_out(void *user, const char *bytes, size_t len) {
  fwrite(bytes, 1, len, user);
}

static void show(const assay_settings *settings, size_t index) {
  assay_setting setting;
  assay_setting_value v;
  assay_settings_at(settings, index, &setting);
  printf("%u %s", setting.place.line, setting.name);
  for (size_t i = 0; assay_settings_value(settings, index, i, &v) == ASSAY_OK; i++) {
    printf(" %s%s%s=%s", v.part, v.part[0] ? "." : "", kinds[v.kind], v.text);
    if (v.kind == ASSAY_SETTING_NUMBER || v.kind == ASSAY_SETTING_DURATION) printf("=%lld", (long long)v.number);
    if (v.address[0]) printf("=%s/%u:%u", v.address, v.bits, v.port);
  }
  putchar('\n');
}

/* What a host may find fault with itself. */
static void complain(const assay_settings *settings, size_t index, assay_diags *diags) {
  assay_setting_value v;
  if (assay_settings_part(settings, index, "owner", 0, &v) == ASSAY_OK && v.text[0] == 'x')
    assay_settings_complain(settings, index, v.index, "there is no such user", "make it with adduser(8)", diags);
  if (assay_settings_value(settings, index, 0, &v) == ASSAY_OK && v.text[0] == 'x')
    assay_settings_complain(settings, index, ASSAY_SETTING_WHOLE, "it cannot be had", NULL, diags);
}

int main(int argc, char **argv) {
  assay_settings *settings;
  assay_diags *diags;
  assay_status status = assay_settings_read_file(&settings, argc == 2 ? argv[1] : "", forms,
                                                 sizeof forms / sizeof *forms, NULL, &diags);
  for (size_t i = 0; i < assay_settings_count(settings); i++) complain(settings, i, diags);
  for (size_t i = 0; i < assay_diags_count(diags); i++) assay_diags_render(diags, i, false, write_out, stdout);
  for (size_t i = 0; i < assay_settings_count(settings); i++) show(settings, i);
  printf("%zu settings: %s\n", assay_settings_count(settings), assay_status_text(status));
  bool failed = assay_diags_errors(diags) > 0;
  assay_settings_free(settings);
  assay_diags_free(diags);
  return failed;
}
