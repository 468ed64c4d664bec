/* Owns the grammar: each action is one constructor call, so what is built is in ast.c and stmt.c.
 * Must never know: what a name means. */
%require "3.8"
%define api.pure full
%define api.prefix {assay_yy}
%define api.token.prefix {TOK_}
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%expect 0
%locations
%param {struct parse *p}

%code requires {
#include "grammar/parse.h"
}

%code top {
/* The stack is never grown, so that bison asks for no memory: this many entries hold every legal nesting. */
#define YYINITDEPTH 3000
#define YYMAXDEPTH 3000
}

%code {
#include "grammar/recover.h"

static void assay_yyerror(struct span *at, struct parse *p, const char *message);

#define YYLLOC_DEFAULT(current, rhs, n)                                                       \
  (current) = (n) ? span_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n))                             \
                  : (struct span){YYRHSLOC(rhs, 0).file, YYRHSLOC(rhs, 0).end, YYRHSLOC(rhs, 0).end}
}

%union {
  struct word word;
  struct number number;
  struct network network;
  struct { struct text source; unsigned flags; } regex;
  struct expr *expr;
  struct stmt *stmt;
  struct body *body;
  struct map_pair *pairs;
  struct atom *atom;
  struct test_line *line;
  enum test_outcome outcome;
  enum compare_op compare;
}

%token <word> LOWER "name" UPPER "rule name" WILD "rule pattern" STRING "string"
%token <number> NUMBER "number"
%token <network> ADDRESS "address" NETWORK "network"
%token <regex> REGEX "regex"
%token RESYNC "end of the broken statement"
%token <word>
  INCLUDE "include" LIST "list" MAP "map" LET "let" RULE "rule" EXEMPT "exempt" DISABLE "disable" ACTION "action"
  DESCRIBE "describe" SEE "see" TAGS "tags" GROUP "group" SCORE "score" WHEN "when" TEST "test" EXPECT "expect"
  AND "and" OR "or" NOT "not" IN "in" UNDER "under" OF "of" ANY "any" ALL "all" NONE "none" TRUE "true" FALSE "false"
  FROM "from" AT "at" CAP "cap" FLOOR "floor" HIT "hit" MISS "miss" UNKNOWN "unknown" DNS "dns"
%token EQ "==" NE "!=" LE "<=" GE ">=" MATCH "=~" NOMATCH "!~" ADD_TO "+=" TAKE_FROM "-=" ASSIGN "="

%type <expr> expr conj neg cmp sum prod unary postfix primary literal set set_items set_item members member args
%type <word> plain name word path tags text
%type <body> rule_body exempt_body group_body
%type <pairs> map pairs pair
%type <number> num
%type <atom> value values atom atoms
%type <line> rule_test_lines rule_test_line test_lines test_line fact_line dns_block dns_lines dns_line expect list_line
%type <outcome> outcome
%type <compare> comparison

%%

file:
    %empty
  | file statement
  | file error RESYNC { yyerrok; }
  ;

statement:
    INCLUDE STRING                                    { stmt_include(p, @$, $2); }
  | LIST name ':' plain set                           { stmt_list(p, @$, $2, $4, $5, (struct word){0}); }
  | LIST name ':' plain FROM STRING                   { stmt_list(p, @$, $2, $4, NULL, $6); }
  | LIST name ADD_TO set                              { stmt_list_change(p, @$, $2, false, $4, (struct word){0}); }
  | LIST name ADD_TO FROM STRING                      { stmt_list_change(p, @$, $2, false, NULL, $5); }
  | LIST name TAKE_FROM set                           { stmt_list_change(p, @$, $2, true, $4, (struct word){0}); }
  | LIST name TAKE_FROM FROM STRING                   { stmt_list_change(p, @$, $2, true, NULL, $5); }
  | MAP name map                                      { stmt_map(p, span_join(@1, @2), $2, false, $3); }
  | MAP name ADD_TO map                               { stmt_map(p, span_join(@1, @2), $2, true, $4); }
  | LET name ASSIGN expr                              { stmt_let(p, span_join(@1, @2), $2, $4); }
  | RULE UPPER '{' rule_body '}'                      { stmt_body(p, S_RULE, span_join(@1, @2), $2, $4); }
  | GROUP name '{' group_body '}'                     { stmt_body(p, S_GROUP, span_join(@1, @2), $2, $4); }
  | EXEMPT UPPER '{' exempt_body '}'                  { stmt_body(p, S_EXEMPT, span_join(@1, @2), $2, $4); }
  | SCORE UPPER num                                   { stmt_score(p, @$, $2, $3, @3); }
  | DISABLE UPPER                                     { stmt_new(p, S_DISABLE, @$, $2); }
  | ACTION plain AT num                               { stmt_action(p, @$, $2, $4, @4, (struct word){0}); }
  | ACTION plain AT num STRING                        { stmt_action(p, @$, $2, $4, @4, $5); }
  | ACTION plain plain                                { stmt_action_off(p, @$, $2, $3); }
  | TEST STRING '{' test_lines '}'                    { stmt_test(p, span_join(@1, @2), $2, $4); }
  ;

comma: %empty | ',' ;

num:
    NUMBER
  | '-' NUMBER                                        { $$ = (struct number){-$2.milli, $2.fraction}; }
  ;

plain: LOWER | FROM | AT | CAP | FLOOR | HIT | MISS | UNKNOWN ;
name: plain | DNS ;
word:
    name | INCLUDE | LIST | MAP | LET | RULE | EXEMPT | DISABLE | ACTION | DESCRIBE | SEE | TAGS | GROUP | SCORE | WHEN
  | TEST | EXPECT | AND | OR | NOT | IN | UNDER | OF | ANY | ALL | NONE | TRUE | FALSE
  ;
text: STRING ;

/* --- bodies --- */

rule_body:
    %empty                                            { $$ = body_new(p); }
  | rule_body DESCRIBE text                           { $$ = body_describe(p, $1, @2, $3); }
  | rule_body SEE text                                { $$ = body_see(p, $1, $3); }
  | rule_body TAGS tags                               { $$ = body_tags(p, $1, @2, $3); }
  | rule_body GROUP name                              { $$ = body_group(p, $1, @2, $3); }
  | rule_body SCORE num                               { $$ = body_score(p, $1, @3, $3); }
  | rule_body WHEN expr                               { $$ = body_when(p, $1, @2, $3); }
  | rule_body TEST outcome '{' rule_test_lines '}'
      { $$ = body_test(p, $1, span_join(@2, @3), $3, (struct word){0}, $5); }
  | rule_body TEST outcome STRING '{' rule_test_lines '}'
      { $$ = body_test(p, $1, span_join(@2, @4), $3, $4, $6); }
  ;

exempt_body:
    %empty                                            { $$ = body_new(p); }
  | exempt_body DESCRIBE text                         { $$ = body_describe(p, $1, @2, $3); }
  | exempt_body SEE text                              { $$ = body_see(p, $1, $3); }
  | exempt_body WHEN expr                             { $$ = body_when(p, $1, @2, $3); }
  ;

group_body:
    %empty                                            { $$ = body_new(p); }
  | group_body DESCRIBE text                          { $$ = body_describe(p, $1, @2, $3); }
  | group_body CAP num                                { $$ = body_cap(p, $1, @3, $3); }
  | group_body FLOOR num                              { $$ = body_floor(p, $1, @3, $3); }
  ;

tags: name | tags ',' name                            { $$ = word_make(@$, $1.text); } ;

outcome:
    HIT                                               { $$ = TEST_HIT; }
  | MISS                                              { $$ = TEST_MISS; }
  | UNKNOWN                                           { $$ = TEST_UNKNOWN; }
  ;

map: '{' pairs comma '}' { $$ = $2; } | '{' '}'       { $$ = NULL; } ;
pairs: pair | pairs ',' pair                          { $$ = map_pair_join($1, $3); } ;
pair: STRING ASSIGN set                               { $$ = map_pair_new(p, $1, $3); } ;

/* --- tests --- */

rule_test_lines: %empty { $$ = NULL; } | rule_test_lines rule_test_line { $$ = line_append($1, $2); } ;
rule_test_line: fact_line | dns_block | list_line | UPPER outcome { $$ = line_pin(p, @$, $1, $2); } ;
test_lines: %empty { $$ = NULL; } | test_lines test_line { $$ = line_append($1, $2); } ;
test_line: fact_line | dns_block | list_line | expect ;

list_line:
    LIST name ADD_TO set                              { $$ = line_list(p, @$, $2, $4); }
  | MAP name ADD_TO map                               { $$ = line_map(p, @$, $2, $4); }
  ;

fact_line: path values                                { $$ = line_fact(p, @$, $1, $2); } ;
path: plain | path '.' word                           { $$ = word_join(p, $1, $3); } ;
values: value | values ',' value                      { $$ = atom_append($1, $3); } ;
value:
    STRING                                            { $$ = atom_string(p, @$, $1.text); }
  | ADDRESS                                           { $$ = atom_address(p, @$, $1.addr); }
  | num                                               { $$ = atom_number(p, @$, $1); }
  | NONE                                              { $$ = atom_word(p, @$, $1.text); }
  | UNKNOWN                                           { $$ = atom_word(p, @$, $1.text); }
  | TRUE                                              { $$ = atom_word(p, @$, $1.text); }
  | FALSE                                             { $$ = atom_word(p, @$, $1.text); }
  ;

dns_block: DNS '{' dns_lines '}'                      { $$ = $3; } ;
dns_lines: %empty { $$ = NULL; } | dns_lines dns_line { $$ = line_append($1, $2); } ;
dns_line: UPPER atoms                                 { $$ = line_dns(p, @$, $1, $2); } ;
atoms: atom | atoms atom { $$ = atom_append($1, $2); } | atoms ',' atom { $$ = atom_append($1, $3); } ;
atom:
    STRING                                            { $$ = atom_string(p, @$, $1.text); }
  | ADDRESS                                           { $$ = atom_address(p, @$, $1.addr); }
  | NUMBER                                            { $$ = atom_number(p, @$, $1); }
  | plain                                             { $$ = atom_word(p, @$, $1.text); }
  ;

expect:
    EXPECT UPPER                                      { $$ = line_expect_rule(p, @$, $2, TEST_HIT); }
  | EXPECT NOT UPPER                                  { $$ = line_expect_rule(p, @$, $3, TEST_MISS); }
  | EXPECT UNKNOWN UPPER                              { $$ = line_expect_rule(p, @$, $3, TEST_UNKNOWN); }
  | EXPECT SCORE comparison num                       { $$ = line_expect_score(p, @$, $3, $4); }
  | EXPECT ACTION plain                               { $$ = line_expect_word(p, @$, EXPECT_ACTION, $3, false); }
  | EXPECT EXEMPT UPPER                               { $$ = line_expect_word(p, @$, EXPECT_EXEMPT, $3, false); }
  | EXPECT NOT EXEMPT UPPER                           { $$ = line_expect_word(p, @$, EXPECT_EXEMPT, $4, true); }
  ;

comparison:
    EQ { $$ = CMP_EQ; } | NE { $$ = CMP_NE; } | '<' { $$ = CMP_LT; } | LE { $$ = CMP_LE; } | '>' { $$ = CMP_GT; }
  | GE { $$ = CMP_GE; }
  ;

/* --- expressions, loosest first --- */

expr: conj | expr OR conj                             { $$ = ast_chain(p, @$, E_OR, $1, $3); } ;
conj: neg | conj AND neg                              { $$ = ast_chain(p, @$, E_AND, $1, $3); } ;
neg: cmp | NOT neg                                    { $$ = ast_unary(p, @$, E_NOT, $2); } ;
cmp:
    sum
  | sum comparison sum                                { $$ = ast_compare(p, @$, $2, $1, $3); }
  | sum MATCH REGEX       { $$ = ast_relation(p, @$, E_MATCH, false, $1, ast_regex(p, @3, $3.source, $3.flags)); }
  | sum NOMATCH REGEX     { $$ = ast_relation(p, @$, E_MATCH, true, $1, ast_regex(p, @3, $3.source, $3.flags)); }
  | sum IN set                                        { $$ = ast_relation(p, @$, E_IN, false, $1, $3); }
  | sum IN sum                                        { $$ = ast_relation(p, @$, E_IN, false, $1, $3); }
  | sum NOT IN set                                    { $$ = ast_relation(p, @$, E_IN, true, $1, $4); }
  | sum NOT IN sum                                    { $$ = ast_relation(p, @$, E_IN, true, $1, $4); }
  | sum UNDER set                                     { $$ = ast_relation(p, @$, E_UNDER, false, $1, $3); }
  | sum UNDER sum                                     { $$ = ast_relation(p, @$, E_UNDER, false, $1, $3); }
  | sum NOT UNDER set                                 { $$ = ast_relation(p, @$, E_UNDER, true, $1, $4); }
  | sum NOT UNDER sum                                 { $$ = ast_relation(p, @$, E_UNDER, true, $1, $4); }
  ;
sum:
    prod
  | sum '+' prod                                      { $$ = ast_binary(p, @$, E_ADD, $1, $3); }
  | sum '-' prod                                      { $$ = ast_binary(p, @$, E_SUB, $1, $3); }
  ;
prod: unary | prod '*' unary                          { $$ = ast_binary(p, @$, E_MUL, $1, $3); } ;
unary:
    postfix
  | '-' unary                                         { $$ = ast_unary(p, @$, E_NEG, $2); }
  | '!' postfix                                       { $$ = ast_unary(p, @$, E_NOT, $2); }
  ;
postfix:
    primary
  | postfix '.' word                                  { $$ = ast_dot(p, @$, $1, $3, NULL); }
  | postfix '.' word '(' args ')'                     { $$ = ast_dot(p, @$, $1, $3, $5); }
  ;
primary:
    literal
  | name                                              { $$ = ast_name(p, @$, $1.text); }
  | name '(' args ')'                                 { $$ = ast_call(p, @$, $1, $3); }
  | UPPER                                             { $$ = ast_rule(p, @$, $1.text, false); }
  | '(' expr ')'                                      { $$ = ast_paren(p, @$, $2); }
  | ANY '(' expr ')'                                  { $$ = ast_unary(p, @$, E_ANY, $3); }
  | NUMBER OF '(' members ')'                         { $$ = ast_of(p, @$, OF_COUNT, $1, $4); }
  | ANY OF '(' members ')'                            { $$ = ast_of(p, @$, OF_ANY, (struct number){0}, $4); }
  | ALL OF '(' members ')'                            { $$ = ast_of(p, @$, OF_ALL, (struct number){0}, $4); }
  | NONE OF '(' members ')'                           { $$ = ast_of(p, @$, OF_NONE, (struct number){0}, $4); }
  | SCORE OF '(' members ')'                          { $$ = ast_score_of(p, @$, $4); }
  ;
literal:
    STRING                                            { $$ = ast_string(p, @$, $1.text); }
  | NUMBER                                            { $$ = ast_number(p, @$, $1); }
  | ADDRESS                                           { $$ = ast_address(p, @$, $1, false); }
  | NETWORK                                           { $$ = ast_address(p, @$, $1, true); }
  | TRUE                                              { $$ = ast_bool(p, @$, true); }
  | FALSE                                             { $$ = ast_bool(p, @$, false); }
  ;
args:
    %empty                                            { $$ = ast_items(p, @$, NULL, NULL); }
  | members
  ;
members:
    member                                            { $$ = ast_items(p, @$, NULL, $1); }
  | members ',' member                                { $$ = ast_items(p, @$, $1, $3); }
  ;
member: expr | WILD                                   { $$ = ast_rule(p, @$, $1.text, true); } ;

set:
    '{' '}'                                           { $$ = ast_items(p, @$, NULL, NULL); }
  | '{' set_items comma '}'                           { $$ = ast_items(p, @$, $2, NULL); }
  ;
set_items:
    set_item                                          { $$ = ast_items(p, @$, NULL, $1); }
  | set_items ',' set_item                            { $$ = ast_items(p, @$, $1, $3); }
  ;
set_item:
    literal
  | '-' NUMBER                    { $$ = ast_number(p, @$, (struct number){-$2.milli, $2.fraction}); }
  | REGEX                                             { $$ = ast_regex(p, @$, $1.source, $1.flags); }
  ;

%%

static int yyreport_syntax_error(const yypcontext_t *context, struct parse *p) {
  yysymbol_kind_t expected[SYNTAX_EXPECTED_MAX];
  const char *words[SYNTAX_EXPECTED_MAX];
  int count = yypcontext_expected_tokens(context, expected, SYNTAX_EXPECTED_MAX);
  for (int i = 0; i < count; i++) words[i] = yysymbol_name(expected[i]);
  syntax_error(p, *yypcontext_location(context), yysymbol_name(yypcontext_token(context)), words, count);
  return 0;
}

static void assay_yyerror(struct span *at, struct parse *p, const char *message) {
  (void)message; /* bison calls this only when its stack is full */
  syntax_too_deep(p, *at);
}
