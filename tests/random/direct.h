// Runs the source text of a generated program straight on one input: no syntax tree, no graph, and every library
// function by its sentence in the specification instead of its definition in RASP. Understands what generate.h writes
// (every operation stands in parentheses), without the forms that can fail, and without causal masks.
#pragma once
#include <cctype>
#include <stdexcept>

#include "naive.h"

namespace rasp::testing {

struct Thing {
  enum class Kind { Atom, Sequence, Selector, List, Dict } kind = Kind::Atom;
  Value atom;
  std::vector<Value> values;             // Sequence, List; Dict: its values
  std::vector<Value> keys;               // Dict
  std::vector<std::vector<bool>> looks;  // Selector: [query][key]
};

class Direct {
 public:
  explicit Direct(std::vector<Value> tokens) : tokens_(std::move(tokens)) {}

  // The value of `answer`. Throws std::runtime_error where the program fails, GivesUp where numbers leave 64 bits.
  std::vector<Value> run(const std::string& source) {
    for (std::size_t at = 0; at < source.size();) at = statement(source, at);
    return sequence(names_.at("answer"));
  }

 private:
  struct Function {
    std::vector<std::string> parameters;
    std::string body;
  };
  using Names = std::map<std::string, Thing>;

  // One reading position in one text.
  struct Reader {
    const std::string& text;
    std::size_t at;
    char peek() {
      while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at]))) ++at;
      return at < text.size() ? text[at] : '\0';
    }
    bool take(const std::string& s) {
      peek();
      if (text.compare(at, s.size(), s) != 0) return false;
      at += s.size();
      return true;
    }
    void expect(const std::string& s) {
      if (!take(s)) throw std::runtime_error("expected " + s + " in " + text.substr(at, 30));
    }
    std::string word() {
      peek();
      const std::size_t begin = at;
      while (at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '_')) ++at;
      return text.substr(begin, at - begin);
    }
    std::string operation() {
      for (const char* op :
           {"==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "^", "if ", "and ", "or ", "in "}) {
        if (take(op)) return op;
      }
      throw std::runtime_error("no operator in " + text.substr(at, 30));
    }
  };

  std::size_t statement(const std::string& source, std::size_t begin) {
    const std::size_t line_end = source.find('\n', begin);
    const std::string line = source.substr(begin, line_end - begin);
    if (line.compare(0, 4, "def ") == 0) {
      Function f;
      Reader head{line, 4};
      const std::string name = head.word();
      head.expect("(");
      while (head.peek() != ')') {
        f.parameters.push_back(head.word());
        head.take(",");
      }
      const std::size_t body_end = source.find('\n', line_end + 1);
      f.body = source.substr(line_end + 1, body_end - line_end - 1).substr(std::string("  return ").size());
      functions_[name] = f;
      return source.find('\n', body_end + 1) + 1;
    }
    if (line.compare(0, 4, "for ") == 0) {
      const int turns = std::atoi(line.substr(line.find("range(") + 6).c_str());
      const std::size_t body_end = source.find('\n', line_end + 1);
      for (int i = 0; i < turns; ++i) {
        names_["i"] = atom(Value::integer(std::int64_t{i}));
        assign(source.substr(line_end + 1, body_end - line_end - 1));
      }
      return source.find('\n', body_end + 1) + 1;
    }
    assign(line);
    return line_end + 1;
  }

  void assign(const std::string& line) {
    Reader r{line, 0};
    const std::string name = r.word();
    r.expect("=");
    names_[name] = expression(r, names_);
    r.expect(";");
  }

  static Thing atom(Value v) {
    Thing t;
    t.atom = std::move(v);
    return t;
  }

  Thing of(std::vector<Value> values) const {
    for (const Value& v : values) {
      if (v.is_string() != values[0].is_string()) throw std::runtime_error("strings and numbers mixed");
    }
    Thing t;
    t.kind = Thing::Kind::Sequence;
    t.values = std::move(values);
    return t;
  }

  Thing everywhere(Value v) const { return of(std::vector<Value>(n(), std::move(v))); }
  std::size_t n() const { return tokens_.size(); }

  std::vector<Value> sequence(const Thing& t) const {
    if (t.kind == Thing::Kind::Sequence) return t.values;
    if (t.kind != Thing::Kind::Atom) throw std::runtime_error("not an s-op");
    return std::vector<Value>(n(), t.atom);
  }

  static Value ok(const Element& e) {
    if (failed(e)) throw std::runtime_error(std::get<Error>(e));
    return std::get<Value>(e);
  }

  static Value number(std::size_t i) { return Value::integer(static_cast<std::int64_t>(i)); }

  Thing pointwise(Op op, const std::vector<Thing>& operands) const {
    bool atoms = true;
    for (const Thing& t : operands) atoms = atoms && t.kind == Thing::Kind::Atom;
    std::vector<Value> out;
    for (std::size_t i = 0; i < (atoms ? 1 : n()); ++i) {
      std::vector<Value> x;
      for (const Thing& t : operands) x.push_back(sequence(t)[i]);
      out.push_back(ok(operate(op, x)));
    }
    return atoms ? atom(out[0]) : of(out);
  }

  template <class Rule>
  Thing selector(const Rule& looks) const {
    Thing t;
    t.kind = Thing::Kind::Selector;
    t.looks.assign(n(), std::vector<bool>(n()));
    for (std::size_t q = 0; q < n(); ++q) {
      for (std::size_t k = 0; k < n(); ++k) t.looks[q][k] = looks(q, k);
    }
    return t;
  }

  static Op op_of(const std::string& symbol) {
    static const std::map<std::string, Op> ops = {{"==", Op::Eq},    {"!=", Op::Ne}, {"<", Op::Lt},  {"<=", Op::Le},
                                                  {">", Op::Gt},     {">=", Op::Ge}, {"+", Op::Add}, {"-", Op::Sub},
                                                  {"*", Op::Mul},    {"/", Op::Div}, {"%", Op::Mod}, {"^", Op::Pow},
                                                  {"and ", Op::And}, {"or ", Op::Or}};
    return ops.at(symbol);
  }

  Thing parenthesis(Reader& r, const Names& names) {
    Thing result;
    if (r.take("-") || r.take("+")) {
      const Op op = r.text[r.at - 1] == '-' ? Op::Neg : Op::Pos;
      result = pointwise(op, {expression(r, names)});
    } else if (r.take("not ")) {
      const Thing x = expression(r, names);
      result = x.kind == Thing::Kind::Selector ? selector([&](std::size_t q, std::size_t k) { return !x.looks[q][k]; })
                                               : pointwise(Op::Not, {x});
    } else {
      const Thing a = expression(r, names);
      const std::string op = r.operation();
      const Thing b = expression(r, names);
      if (op == "if ") {
        r.expect("else");
        result = pointwise(Op::Choose, {b, a, expression(r, names)});
      } else if (op == "in ") {
        result = member(a, b);
      } else if (a.kind == Thing::Kind::Selector) {
        result = selector([&](std::size_t q, std::size_t k) {
          return op == "and " ? a.looks[q][k] && b.looks[q][k] : a.looks[q][k] || b.looks[q][k];
        });
      } else {
        result = pointwise(op_of(op), {a, b});
      }
    }
    r.expect(")");
    return result;
  }

  Thing member(const Thing& a, const Thing& b) const {
    if (a.kind == Thing::Kind::Atom) {  // an atom in an s-op: does any position hold it
      bool any = false;
      for (const Value& v : sequence(b)) any = any || same(v, a.atom);
      return everywhere(Value::boolean(any));
    }
    std::vector<Value> out;
    for (const Value& v : sequence(a)) {
      bool any = false;
      for (const Value& member : b.values) any = any || same(member, v);
      out.push_back(Value::boolean(any));
    }
    return of(out);
  }

  Thing index(const Thing& table, const Thing& by) const {
    if (table.kind == Thing::Kind::Sequence) {
      const std::int64_t i = whole(by.atom) < 0 ? whole(by.atom) + static_cast<std::int64_t>(n()) : whole(by.atom);
      const bool inside = i >= 0 && i < static_cast<std::int64_t>(n());
      return everywhere(inside ? table.values[static_cast<std::size_t>(i)] : number(0));
    }
    LookupTable t;
    t.kind = table.kind == Thing::Kind::Dict ? LookupTable::Kind::Dict : LookupTable::Kind::List;
    t.keys = table.keys;
    if (table.kind == Thing::Kind::Atom) {
      for (char c : table.atom.text()) t.entries.emplace_back(Value::string(std::string(1, c)));
    } else {
      for (const Value& v : table.values) t.entries.emplace_back(v);
    }
    std::vector<Value> out;
    for (const Value& v : sequence(by)) out.push_back(ok(table_element(Op::Lookup, t, v)));
    return of(out);
  }

  Thing expression(Reader& r, const Names& names) {
    Thing t = primary(r, names);
    while (r.take("[")) {
      const Thing by = expression(r, names);
      r.expect("]");
      t = index(t, by);
    }
    return t;
  }

  Thing primary(Reader& r, const Names& names) {
    const char c = r.peek();
    if (c == '(') {
      ++r.at;
      return parenthesis(r, names);
    }
    if (c == '"') {
      const std::size_t end = r.text.find('"', r.at + 1);
      const std::string text = r.text.substr(r.at + 1, end - r.at - 1);
      r.at = end + 1;
      return atom(Value::string(text));
    }
    if (std::isdigit(static_cast<unsigned char>(c))) {
      std::string text = r.word();
      if (r.at < r.text.size() && r.text[r.at] == '.') {
        ++r.at;
        text += "." + r.word();
        return atom(Value::real(std::strtod(text.c_str(), nullptr)));
      }
      return atom(Value::integer(std::int64_t{std::atoi(text.c_str())}));
    }
    if (c == '[' || c == '{') {
      Thing t;
      t.kind = c == '[' ? Thing::Kind::List : Thing::Kind::Dict;
      ++r.at;
      while (!r.take(c == '[' ? "]" : "}")) {
        if (c == '{') {
          t.keys.push_back(expression(r, names).atom);
          r.expect(":");
        }
        t.values.push_back(expression(r, names).atom);
        r.take(",");
      }
      return t;
    }
    const std::string name = r.word();
    if (!r.take("(")) return named(name, names);
    std::vector<Thing> arguments;
    std::string comparison;
    while (!r.take(")")) {
      if (name == "select" && arguments.size() == 2) comparison = r.operation();
      else arguments.push_back(expression(r, names));
      r.take(",");
    }
    return call(name, arguments, comparison);
  }

  Thing named(const std::string& name, const Names& names) const {
    const auto known = names.find(name);
    if (known != names.end()) return known->second;
    std::vector<Value> out;
    for (std::size_t i = 0; i < n(); ++i) {
      const Value& token = tokens_[i];
      if (name == "tokens") out.push_back(Value::string(text_of(token)));
      if (name == "tokens_int") out.push_back(ok(to_int(token)));
      if (name == "tokens_float") out.push_back(ok(to_float(token)));
      if (name == "tokens_bool") out.push_back(Value::boolean(truth(token)));
      if (name == "indices") out.push_back(number(i));
      if (name == "length") out.push_back(number(n()));
    }
    if (!out.empty()) return of(out);
    if (name == "True" || name == "False") return atom(Value::boolean(name == "True"));
    if (name == "full_s") return selector([](std::size_t, std::size_t) { return true; });
    throw std::runtime_error("unknown name " + name);
  }

  std::vector<Value> aggregate(const Thing& selector, const std::vector<Value>& values, const Value& fallback) const {
    bool numbers = true, bools = true;
    for (const Value& v : values) {
      numbers = numbers && !v.is_string();
      bools = bools && v.kind() == Kind::Bool;
    }
    std::vector<Value> out;
    for (std::size_t q = 0; q < n(); ++q) {
      std::vector<Value> hits;
      for (std::size_t k = 0; k < n(); ++k) {
        if (selector.looks[q][k]) hits.push_back(values[k]);
      }
      if (hits.size() < 2) {
        out.push_back(hits.empty() ? fallback : hits[0]);
        continue;
      }
      if (!numbers || bools) throw std::runtime_error("average_non_number");
      Value sum = number(0);
      for (const Value& v : hits) sum = ok(arithmetic(Op::Add, sum, v));
      out.push_back(Value::real(real(sum) / static_cast<double>(hits.size())));
    }
    return out;
  }

  Thing call(const std::string& name, const std::vector<Thing>& x, const std::string& comparison) {
    const auto function = functions_.find(name);
    if (function != functions_.end()) {
      Names inner = names_;
      for (std::size_t i = 0; i < x.size(); ++i) inner[function->second.parameters[i]] = x[i];
      Reader r{function->second.body, 0};
      return expression(r, inner);
    }
    if (name == "len") return atom(number(x[0].values.size()));
    if (name == "round") return pointwise(Op::Round, {x[0]});
    if (name == "indicator") return pointwise(Op::Indicator, {x[0]});
    if (name == "select") {
      const std::vector<Value> keys = sequence(x[0]), queries = sequence(x[1]);
      return selector([&](std::size_t q, std::size_t k) {
        const Entry e = relation(op_of(comparison), keys[k], queries[q]);
        if (std::holds_alternative<Error>(e)) throw std::runtime_error(std::get<Error>(e));
        return std::get<bool>(e);
      });
    }
    if (name == "aggregate") return of(aggregate(x[0], sequence(x[1]), x.size() > 2 ? x[2].atom : number(0)));
    return library(name, x);
  }

  Thing library(const std::string& name, const std::vector<Thing>& x) const {
    std::vector<Value> out;
    if (name == "select_next_identical" || name == "select_from_last" || name == "select_from_first") {
      const std::vector<Value> s = sequence(x[0]);
      std::vector<std::size_t> places;  // of the value looked for
      for (std::size_t i = 0; x.size() > 1 && i < n(); ++i) {
        if (same(s[i], x[1].atom)) places.push_back(i);
      }
      return selector([&](std::size_t q, std::size_t k) {
        if (name == "select_from_last") return !places.empty() && k == places.back();
        if (name == "select_from_first") return !places.empty() && k == places.front();
        std::size_t next = q + 1;
        while (next < n() && !same(s[next], s[q])) ++next;
        return k == next;
      });
    }
    if (name == "selector_width" || name == "has_focus") {
      for (std::size_t q = 0; q < n(); ++q) {
        std::size_t width = 0;
        for (bool looks : x[0].looks[q]) width += looks ? 1 : 0;
        out.push_back(name == "has_focus" ? Value::boolean(width > 0) : number(width));
      }
      return of(out);
    }
    const std::vector<Value> s = sequence(x[0]);
    if (name == "count" || name == "contains") {
      std::size_t count = 0;
      for (const Value& v : s) count += same(v, x[1].atom) ? 1 : 0;
      return everywhere(name == "contains" ? Value::boolean(count > 0) : number(count));
    }
    if (name == "average") return of(aggregate(selector([](std::size_t, std::size_t) { return true; }), s, number(0)));
    if (name == "mark_last_instance" || name == "mark_first_instance") {
      for (std::size_t i = 0; i < n(); ++i) {
        bool other = false;
        const std::size_t begin = name == "mark_first_instance" ? 0 : i + 1,
                          end = name == "mark_first_instance" ? i : n();
        for (std::size_t j = begin; j < end; ++j) other = other || same(s[j], x[1].atom);
        out.push_back(Value::boolean(same(s[i], x[1].atom) && !other));
      }
      return of(out);
    }
    const std::vector<Value> t = sequence(x[1]);
    if (name == "max" || name == "min") {
      for (std::size_t i = 0; i < n(); ++i) {
        out.push_back(std::get<bool>(relation(name == "max" ? Op::Gt : Op::Lt, s[i], t[i])) ? s[i] : t[i]);
      }
      return of(out);
    }
    if (name == "load_from_location" || name == "shift") {
      for (std::size_t i = 0; i < n(); ++i) {
        const std::int64_t from = name == "shift" ? static_cast<std::int64_t>(i) - whole(t[i]) : whole(t[i]);
        const bool inside = from >= 0 && from < static_cast<std::int64_t>(n());
        out.push_back(inside ? s[static_cast<std::size_t>(from)] : name == "shift" ? x[2].atom : number(0));
      }
      return of(out);
    }
    if (name == "sort") {
      std::vector<bool> used(n(), false);
      while (out.size() < n()) {  // always the first of the smallest keys that are left
        std::size_t best = n();
        for (std::size_t i = 0; i < n(); ++i) {
          if (!used[i] && (best == n() || std::get<bool>(relation(Op::Lt, t[i], t[best])))) best = i;
        }
        used[best] = true;
        out.push_back(s[best]);
      }
      return of(out);
    }
    throw std::runtime_error("unknown function " + name);
  }

  const std::vector<Value> tokens_;
  Names names_;
  std::map<std::string, Function> functions_;
};

}  // namespace rasp::testing
