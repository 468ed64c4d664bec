// A host in C++17: each object in a unique_ptr that knows its end, each status that is no success an exception. Nothing
// of this is part of Assay: a program that has its own way with errors writes a `check` of its own.
#include <assay/assay.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T *object) const noexcept { Free(object); }
};

using ruleset = std::unique_ptr<assay_ruleset, freed_by<assay_ruleset_unref>>;
using facts = std::unique_ptr<assay_facts, freed_by<assay_facts_free>>;
using verdict = std::unique_ptr<assay_verdict, freed_by<assay_verdict_free>>;
using diags = std::unique_ptr<assay_diags, freed_by<assay_diags_free>>;

struct bad_rules : std::runtime_error {
  using std::runtime_error::runtime_error;
};

static void check(assay_status status) {
  if (status != ASSAY_OK) throw std::runtime_error(assay_status_text(status));
}

// The library calls this, and no exception may pass through it.
static void append(void *user, const char *bytes, size_t len) noexcept {
  static_cast<std::string *>(user)->append(bytes, len);
}

static ruleset compile(std::string_view text) {
  assay_ruleset *made = nullptr;
  assay_diags *said = nullptr;
  const auto status = assay_ruleset_compile_text(&made, "rules", text.data(), text.size(), nullptr, &said);
  ruleset rules(made);
  const diags owned(said);
  std::string message;
  for (size_t i = 0; i < assay_diags_count(said); i++) check(assay_diags_render(said, i, false, append, &message));
  if (status == ASSAY_BAD_RULES) throw bad_rules(message);
  check(status);
  return rules;
}

static facts new_facts() {
  assay_facts *made = nullptr;
  check(assay_facts_new(&made, nullptr));
  return facts(made);
}

static verdict new_verdict() {
  assay_verdict *made = nullptr;
  check(assay_verdict_new(&made, nullptr));
  return verdict(made);
}

static void set(const facts &to, assay_fact fact, std::string_view value) {
  check(assay_facts_set(to.get(), fact, value.data(), value.size()));
}

static void score_one() {
  const ruleset rules = compile("rule LOCALHOST { describe \"it says it is us\" score 3 when helo == \"localhost\" }\n"
                                "action defer at 3 \"450 try again, {helo}\"\n");
  const facts known = new_facts();
  const verdict found = new_verdict();
  set(known, ASSAY_FACT_HELO, "localhost");
  check(assay_evaluate(rules.get(), known.get(), nullptr, found.get()));
  std::printf("%s: %s\n", assay_action_text(assay_verdict_action(found.get())), assay_verdict_reply(found.get()));
}

int main() {
  try {
    score_one();
    compile("rule LOCALHOST { describe \"it says it is us\" score 3 when helo = \"localhost\" }\n");
  } catch (const bad_rules &error) { // of the second set, which has a slip in it
    std::printf("%s", error.what());
    return 0;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "cplusplus: %s\n", error.what());
  }
  return 1;
}
