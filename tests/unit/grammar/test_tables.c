/* Tests the tables of functions and properties: that each row is found and fits its instruction. Which word is near
 * enough to be suggested has tests of its own. */
#include "compile_text.h"

#include "base/addr.h"
#include "facts/host.h"
#include "grammar/words.h"

static const struct words shipped = {.vocabulary = NULL};

static const struct function_info *find(const char *name) {
  return words_function(&shipped, words_find_function(&shipped, text_from(name)));
}

static void every_function_is_found(void **state) {
  (void)state;
  size_t count = 0;
  for (const struct function_info *f; (f = function_at(count)) != NULL; count++) {
    const struct function_info *first = find(f->name);
    assert_non_null(first);
    assert_string_equal(first->name, f->name);
    /* The rows of a name stand together, the first of them first: that is how calls are resolved. */
    for (const struct function_info *at = first; at < f; at++) assert_string_equal(at->name, f->name);
    assert_true(strspn(f->args, "snai^YZ") == strlen(f->args));
    assert_true(strncmp(f->shown, f->name, strlen(f->name)) == 0 && strstr(f->shown, " -> "));
    assert_true(f->doc[0] != '\0');
    enum op_kind kind = opcode_info(f->op)->kind;
    assert_true(kind == KIND_VALUE || (kind == KIND_TEST && f->result == TYPE_BOOL));
    if (kind == KIND_VALUE) assert_int_equal(type_of_letter(opcode_info(f->op)->result), f->result);
  }
  assert_true(count > 20);
  assert_null(function_at(count));
  assert_null(function_at(SIZE_MAX));
  assert_null(find(""));
  assert_null(find("Length"));
  assert_null(find("dns"));
}

/* What a call gives to an instruction: as many slots as there are values among its arguments. */
static void functions_fill_their_instructions(void **state) {
  (void)state;
  for (size_t i = 0; function_at(i); i++) {
    const struct function_info *f = function_at(i);
    size_t slots = 0, immediates = 0;
    for (const char *arg = f->args; *arg; arg++)
      if (strchr("YZ", *arg)) immediates++;
      else slots++;
    slots += strcmp(f->args, "Z") == 0; /* the client's address is added */
    if (slots != opcode_slots(f->op) || immediates != (opcode_immediate(f->op) != 0)) fail_msg("%s", f->shown);
  }
}

static void every_property_is_found(void **state) {
  (void)state;
  size_t count = 0, bits[2] = {0, 0};
  for (const struct property_info *p; (p = property_at(count)) != NULL; count++) {
    assert_ptr_equal(property_find(p->on, text_from(p->word)), p);
    assert_null(property_find(TYPE_INT, text_from(p->word)));
    bool bit = p->op == OP_NAME_PROP || p->op == OP_ADDRESS_PROP;
    assert_true(!bit || (p->result == TYPE_BOOL && p->args == 0));
    assert_true(!bit || p->bit < test_width(p->on == TYPE_NAME ? OP_NAME_BITS : OP_ADDRESS_BITS));
    if (bit) bits[p->op == OP_ADDRESS_PROP]++;
    assert_true(p->doc[0] != '\0');
  }
  assert_int_equal(bits[0], HOST_PROP_COUNT);
  assert_int_equal(bits[1], ADDR_PROP_COUNT);
  assert_null(property_at(count));
  assert_null(property_find(TYPE_NAME, TEXT("local")));
  assert_null(property_find(TYPE_MAILBOX, TEXT("tld")));
  assert_null(property_find(TYPE_NAME, TEXT("")));
}

/* Words longer than a name may be are near nothing, and do not leave the table of distances. */
static void long_words_are_near_nothing(void **state) {
  (void)state;
  char word[66];
  memset(word, 'a', sizeof word);
  for (size_t len = 63; len <= 66; len++) {
    struct nearest nearest = nearest_start(text_of(word, len));
    nearest_offer(&nearest, text_of(word, 64));
    assert_int_equal(nearest_good(&nearest), len <= 64);
    nearest = nearest_start(text_of(word, 64));
    nearest_offer(&nearest, text_of(word, len));
    assert_int_equal(nearest_good(&nearest), len <= 64);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_function_is_found),      cmocka_unit_test(functions_fill_their_instructions),
      cmocka_unit_test(every_property_is_found),      cmocka_unit_test(long_words_are_near_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
