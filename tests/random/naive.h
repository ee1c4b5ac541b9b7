// A second interpreter of graphs, written for obviousness only: every definition is the specification's sentence, said
// per element. It shares no operator code with core; where plain arithmetic does not reach (ints beyond 64 bits, say)
// it gives up instead of being clever.
#pragma once
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rasp/graph.h"

namespace rasp::testing {

struct GivesUp {};                           // thrown: this program is not for the naive interpreter
using Error = std::string;                   // a failure class
using Element = std::variant<Value, Error>;  // one position of an s-op
using Entry = std::variant<bool, Error>;     // one entry of a selector

inline bool failed(const Element& e) { return std::holds_alternative<Error>(e); }

// ---- Elements -------------------------------------------------------------------------------------------------------

inline std::int64_t whole(const Value& v) {
  if (!v.int64()) throw GivesUp{};
  return *v.int64();
}

inline double real(const Value& v) { return v.kind() == Kind::Float ? v.number() : static_cast<double>(whole(v)); }

inline std::int64_t exact(const Value& v) {  // an int that is a double, too
  const std::int64_t i = whole(v);
  if (i > (1ll << 53) || i < -(1ll << 53)) throw GivesUp{};
  return i;
}

inline std::int64_t checked(std::int64_t a, std::int64_t b, char op) {
  std::int64_t r = 0;
  const bool lost = op == '+'   ? __builtin_add_overflow(a, b, &r)
                    : op == '-' ? __builtin_sub_overflow(a, b, &r)
                                : __builtin_mul_overflow(a, b, &r);
  if (lost) throw GivesUp{};
  return r;
}

inline bool truth(const Value& v) {
  if (v.is_string()) return v.text() != "";
  if (v.kind() == Kind::Float) return v.number() != 0.0;
  return whole(v) != 0;
}

inline std::string float_text(double d) {
  if (d != d) return "nan";
  if (d == HUGE_VAL) return "inf";
  if (d == -HUGE_VAL) return "-inf";
  char text[64];
  for (int digits = 1; digits <= 17; ++digits) {
    std::snprintf(text, sizeof text, "%.*e", digits - 1, d);
    if (std::strtod(text, nullptr) != d) continue;
    const int exponent = std::atoi(std::string(text).substr(std::string(text).find('e') + 1).c_str());
    if (exponent >= 16 || exponent < -4) return text;
    std::snprintf(text, sizeof text, "%.*f", std::max(1, digits - 1 - exponent), d);
    return text;
  }
  return text;
}

inline std::string text_of(const Value& v) {
  if (v.is_string()) return v.text();
  if (v.kind() == Kind::Bool) return truth(v) ? "True" : "False";
  if (v.kind() == Kind::Float) return float_text(v.number());
  return std::to_string(whole(v));
}

// Text without blanks around it and, if `sign` is wanted, without one sign in front.
inline std::string bare(std::string s, bool sign) {
  while (!s.empty() && std::string(" \t\n\r\v\f").find(s.front()) != std::string::npos) s.erase(0, 1);
  while (!s.empty() && std::string(" \t\n\r\v\f").find(s.back()) != std::string::npos) s.pop_back();
  if (sign && !s.empty() && (s[0] == '-' || s[0] == '+')) s.erase(0, 1);
  return s;
}

inline bool only_digits(const std::string& s) {
  return !s.empty() && s.find_first_not_of("0123456789") == std::string::npos;
}

inline Element to_int(const Value& v) {
  if (v.kind() == Kind::Float) {
    const double d = v.number();
    if (d != d) return Error("conversion");
    if (std::isinf(d)) return Error("overflow");
    if (std::fabs(d) > 1e18) throw GivesUp{};
    return Value::integer(static_cast<std::int64_t>(d));
  }
  if (!v.is_string()) return Value::integer(whole(v));
  if (v.text().find('_') != std::string::npos) throw GivesUp{};
  if (!only_digits(bare(v.text(), true))) return Error("conversion");
  if (v.text().size() > 18) throw GivesUp{};
  return Value::integer(std::int64_t{std::atoll(bare(v.text(), false).c_str())});
}

inline Element to_float(const Value& v) {
  if (!v.is_string()) return Value::real(real(v));
  const std::string text = bare(v.text(), true);
  if (text.find_first_of("_eEiInN") != std::string::npos)
    throw GivesUp{};  // exponents, infinities: the table of Python's answers
  const std::size_t point = text.find('.');
  const std::string before = text.substr(0, point), after = point == std::string::npos ? "" : text.substr(point + 1);
  if (!only_digits(before + after) || (before.empty() && after.empty())) return Error("conversion");
  return Value::real(std::strtod(bare(v.text(), false).c_str(), nullptr));
}

inline Element round_even(const Value& v) {
  if (v.is_string()) return Error("operand_type");
  if (v.kind() != Kind::Float) return Value::integer(whole(v));
  if (std::isnan(v.number())) return Error("conversion");
  if (std::isinf(v.number())) return Error("overflow");
  if (std::fabs(v.number()) > 1e18) throw GivesUp{};
  return Value::integer(static_cast<std::int64_t>(std::nearbyint(v.number())));  // default rounding mode: ties to even
}

inline bool same(const Value& a, const Value& b) {
  if (a.is_string() || b.is_string()) return a.is_string() && b.is_string() && a.text() == b.text();
  if (a.kind() != Kind::Float && b.kind() != Kind::Float) return whole(a) == whole(b);
  return (a.kind() == Kind::Float ? a.number() : static_cast<double>(exact(a))) ==
         (b.kind() == Kind::Float ? b.number() : static_cast<double>(exact(b)));
}

inline Entry relation(Op op, const Value& a, const Value& b) {
  if (op == Op::Eq) return same(a, b);
  if (op == Op::Ne) return !same(a, b);
  if (a.is_string() != b.is_string()) return Error("operand_type");
  bool less, more;
  if (a.is_string()) {
    less = a.text() < b.text();
    more = a.text() > b.text();
  } else if (a.kind() != Kind::Float && b.kind() != Kind::Float) {
    less = whole(a) < whole(b);
    more = whole(a) > whole(b);
  } else {
    const double x = a.kind() == Kind::Float ? a.number() : static_cast<double>(exact(a));
    const double y = b.kind() == Kind::Float ? b.number() : static_cast<double>(exact(b));
    less = x < y;
    more = x > y;
  }
  if (op == Op::Lt) return less;
  if (op == Op::Gt) return more;
  return (op == Op::Le ? less : more) || same(a, b);
}

inline Element power(const Value& a, const Value& b) {
  if (a.kind() != Kind::Float && b.kind() != Kind::Float && whole(b) >= 0) {
    std::int64_t r = 1;
    if (whole(b) > 64 && (whole(a) > 1 || whole(a) < -1)) throw GivesUp{};
    for (std::int64_t i = 0; i < std::min<std::int64_t>(whole(b), 64 + whole(b) % 2); ++i)
      r = checked(r, whole(a), '*');
    return Value::integer(r);
  }
  const double x = real(a), y = real(b);
  if (x == 0 && y < 0 && !std::isinf(y)) return Error("zero_division");
  const bool usual = std::isfinite(x) && std::isfinite(y);
  if (usual && std::isinf(std::pow(std::fabs(x), y))) return Error("overflow");
  if (usual && x < 0 && std::floor(y) != y) return Error("type");  // a complex number
  return Value::real(std::pow(x, y));
}

inline Element arithmetic(Op op, const Value& a, const Value& b) {
  const bool texts = a.is_string() && b.is_string(), numbers = !a.is_string() && !b.is_string();
  const bool ints = numbers && a.kind() != Kind::Float && b.kind() != Kind::Float;
  if (op == Op::Mod && a.is_string()) {
    // String formatting: only "…%s…" is taken here.
    const std::size_t at = a.text().find('%');
    if (at == std::string::npos) return Error("operand_type");
    if (a.text().compare(at, 2, "%s") != 0 || a.text().find('%', at + 1) != std::string::npos) throw GivesUp{};
    return Value::string(a.text().substr(0, at) + text_of(b) + a.text().substr(at + 2));
  }
  if (op == Op::Add && texts) {
    if (a.text().size() + b.text().size() > 10'000) throw GivesUp{};
    return Value::string(a.text() + b.text());
  }
  if (op == Op::Mul && !numbers && !texts) {
    const Value &text = a.is_string() ? a : b, &times = a.is_string() ? b : a;
    if (times.kind() == Kind::Float) return Error("operand_type");
    if (whole(times) > 1000 || text.text().size() > 1000) throw GivesUp{};
    std::string out;
    for (std::int64_t i = 0; i < whole(times); ++i) out += text.text();
    return Value::string(out);
  }
  if (!numbers) return Error("operand_type");
  switch (op) {
    case Op::Add: return ints ? Value::integer(checked(whole(a), whole(b), '+')) : Value::real(real(a) + real(b));
    case Op::Sub: return ints ? Value::integer(checked(whole(a), whole(b), '-')) : Value::real(real(a) - real(b));
    case Op::Mul: return ints ? Value::integer(checked(whole(a), whole(b), '*')) : Value::real(real(a) * real(b));
    case Op::Div:
      if (real(b) == 0) return Error("zero_division");
      return ints ? Value::real(static_cast<double>(exact(a)) / static_cast<double>(exact(b)))
                  : Value::real(real(a) / real(b));
    case Op::Mod:
      if (real(b) == 0) return Error("zero_division");
      if (ints) {
        // The r between 0 and the divisor with a = divisor·q + r.
        std::int64_t r = whole(b) == -1 ? 0 : whole(a) % whole(b);
        if (whole(b) > 0 ? r < 0 : r > 0) r += whole(b);
        return Value::integer(r);
      } else {
        double r = std::fmod(real(a), real(b));
        if (r != 0 && std::signbit(r) != std::signbit(real(b))) r += real(b);
        return Value::real(std::copysign(r, r == r ? real(b) : r));
      }
    default: return power(a, b);
  }
}

inline Element entry_of(const LookupTable& t, std::size_t i) {
  if (!t.entries.at(i)) return Error("type");
  return *t.entries.at(i);
}

inline Element table_element(Op op, const LookupTable& t, const Value& x) {
  if (op == Op::Contains) {
    bool found = false;
    for (const auto& member : t.entries) found = found || same(member.value(), x);
    return Value::boolean(found);
  }
  if (t.kind == LookupTable::Kind::Dict) {
    for (std::size_t i = 0; i < t.keys.size(); ++i) {
      if (same(t.keys[i], x)) return entry_of(t, i);
    }
    return Error("value");
  }
  if (x.is_string() || x.kind() == Kind::Float) return Error("operand_type");
  const std::int64_t size = static_cast<std::int64_t>(t.entries.size());
  const std::int64_t i = whole(x) < 0 ? whole(x) + size : whole(x);
  if (i < 0 || i >= size) return Error("value");
  return entry_of(t, static_cast<std::size_t>(i));
}

inline Element operate(Op op, const std::vector<Value>& x) {
  switch (op) {
    case Op::Add:
    case Op::Sub:
    case Op::Mul:
    case Op::Div:
    case Op::Mod: return arithmetic(op, x[0], x[1]);
    case Op::Pow:
      if (x[0].is_string() || x[1].is_string()) return Error("operand_type");
      return power(x[0], x[1]);
    case Op::Eq:
    case Op::Ne:
    case Op::Lt:
    case Op::Le:
    case Op::Gt:
    case Op::Ge: {
      const Entry e = relation(op, x[0], x[1]);
      if (const auto* error = std::get_if<Error>(&e)) return *error;
      return Value::boolean(std::get<bool>(e));
    }
    case Op::And: return Value::boolean(truth(x[0]) && truth(x[1]));
    case Op::Or: return Value::boolean(truth(x[0]) || truth(x[1]));
    case Op::Not: return Value::boolean(!truth(x[0]));
    case Op::Neg:
    case Op::Pos:
      if (x[0].is_string()) return Error("operand_type");
      if (x[0].kind() == Kind::Float) return Value::real(op == Op::Neg ? -x[0].number() : x[0].number());
      return Value::integer(op == Op::Neg ? checked(0, whole(x[0]), '-') : whole(x[0]));
    case Op::Round: return round_even(x[0]);
    case Op::Indicator: return Value::integer(std::int64_t{truth(x[0]) ? 1 : 0});
    case Op::Choose: return truth(x[0]) ? x[1] : x[2];
    case Op::ToStr: return Value::string(text_of(x[0]));
    case Op::ToInt: return to_int(x[0]);
    case Op::ToFloat: return to_float(x[0]);
    case Op::ToBool: return Value::boolean(truth(x[0]));
    default: throw GivesUp{};
  }
}

// ---- Graphs ---------------------------------------------------------------------------------------------------------

class Naive {
 public:
  Naive(const Graph& graph, std::vector<Value> tokens, bool causal)
      : graph_(graph), tokens_(std::move(tokens)), causal_(causal) {}

  std::size_t n() const { return tokens_.size(); }

  const std::vector<Element>& sequence(NodeId id) {
    const auto known = sequences_.find(id);
    if (known != sequences_.end()) return known->second;
    std::vector<Element> s = whole_sequence_rules(id, raw_sequence(id));
    return sequences_[id] = std::move(s);
  }

  // Does query look at key, were nothing undefined?
  bool entry(NodeId id, std::size_t q, std::size_t k) {
    const Node& node = graph_[id];
    if (causal_ && k > q) return false;
    switch (node.kind) {
      case NodeKind::SelectorAnd: return entry(node.args[0], q, k) && entry(node.args[1], q, k);
      case NodeKind::SelectorOr: return entry(node.args[0], q, k) || entry(node.args[1], q, k);
      case NodeKind::SelectorNot: return !entry(node.args[0], q, k);
      default:
        return std::get<bool>(
            relation(node.op, std::get<Value>(sequence(node.args[0])[k]), std::get<Value>(sequence(node.args[1])[q])));
    }
  }

  std::optional<Error> row_error(NodeId id, std::size_t q) {
    const Node& node = graph_[id];
    if (node.kind != NodeKind::Select) {
      for (NodeId arg : node.args) {
        if (const auto error = row_error(arg, q)) return error;
      }
      return std::nullopt;
    }
    const Element& query = sequence(node.args[1])[q];
    if (failed(query)) return std::get<Error>(query);
    const std::size_t end = causal_ ? q + 1 : n();
    for (std::size_t k = 0; k < end; ++k) {
      const Element& key = sequence(node.args[0])[k];
      if (failed(key)) return std::get<Error>(key);
    }
    for (std::size_t k = 0; k < end; ++k) {
      const Entry e = relation(node.op, std::get<Value>(sequence(node.args[0])[k]), std::get<Value>(query));
      if (const auto* error = std::get_if<Error>(&e)) return *error;
    }
    return std::nullopt;
  }

 private:
  std::vector<Element> raw_sequence(NodeId id) {
    const Node& node = graph_[id];
    std::vector<Element> out;
    for (std::size_t i = 0; i < n(); ++i) {
      switch (node.kind) {
        case NodeKind::Tokens: out.push_back(token(node.conversion, tokens_[i])); break;
        case NodeKind::Indices: out.push_back(Value::integer(static_cast<std::int64_t>(i))); break;
        case NodeKind::Constant:
          out.push_back(node.illegal_constant ? Element(Error("type")) : Element(node.constant));
          break;
        case NodeKind::Elementwise: out.push_back(elementwise(node, i)); break;
        case NodeKind::SelectorWidth: out.push_back(width(node.args[0], i)); break;
        default: out.push_back(mean(node, i)); break;
      }
    }
    return out;
  }

  std::vector<Element> whole_sequence_rules(NodeId id, std::vector<Element> s) {
    bool text = false, number = false, no_mean = false;
    for (const Element& e : s) {
      if (failed(e)) continue;
      (std::get<Value>(e).is_string() ? text : number) = true;
    }
    if (graph_[id].kind == NodeKind::Aggregate) {
      for (const Element& e : s) no_mean = no_mean || fails_with(e, "average_non_number*");
    }
    for (Element& e : s) {
      if (no_mean && (!failed(e) || fails_with(e, "average_non_number*"))) e = Error("average_non_number");
      else if (!failed(e) && text && number) e = Error("type");
    }
    return s;
  }

  static bool fails_with(const Element& e, const char* error) { return failed(e) && std::get<Error>(e) == error; }

  static Element token(Conversion c, const Value& v) {
    switch (c) {
      case Conversion::Asis: return v;
      case Conversion::Str: return Value::string(text_of(v));
      case Conversion::Int: return to_int(v);
      case Conversion::Float: return to_float(v);
      default: return Value::boolean(truth(v));
    }
  }

  Element elementwise(const Node& node, std::size_t i) {
    std::vector<Value> operands;
    for (NodeId arg : node.args) {
      const Element& e = sequence(arg)[i];
      if (failed(e)) return e;
      operands.push_back(std::get<Value>(e));
    }
    if (node.op == Op::Lookup || node.op == Op::Contains) return table_element(node.op, *node.table, operands[0]);
    return operate(node.op, operands);
  }

  Element width(NodeId selector, std::size_t q) {
    if (const auto error = row_error(selector, q)) return *error;
    std::int64_t count = 0;
    for (std::size_t k = 0; k < n(); ++k) count += entry(selector, q, k) ? 1 : 0;
    return Value::integer(count);
  }

  Element mean(const Node& node, std::size_t q) {
    if (const auto error = row_error(node.args[0], q)) return *error;
    const std::vector<Element>& values = sequence(node.args[1]);
    std::vector<Value> selected;
    // A value that the position can see has failed: the mean has none, whether it is selected or not.
    for (std::size_t k = 0; k < (causal_ ? q + 1 : n()); ++k) {
      if (failed(values[k])) return values[k];
    }
    for (std::size_t k = 0; k < n(); ++k) {
      if (!entry(node.args[0], q, k)) continue;
      selected.push_back(std::get<Value>(values[k]));
    }
    if (selected.empty()) return node.constant;
    if (selected.size() == 1) return selected[0];
    bool strings = false, all_bools = true;
    for (const Element& e : values) {
      if (failed(e)) continue;
      strings = strings || std::get<Value>(e).is_string();
      all_bools = all_bools && std::get<Value>(e).kind() == Kind::Bool;
    }
    if (strings || all_bools) return Error("average_non_number*");  // concerns all rows: whole_sequence_rules
    Value sum = Value::integer(std::int64_t{0});
    for (const Value& v : selected) sum = std::get<Value>(arithmetic(Op::Add, sum, v));
    return Value::real(real(sum) * 1.0 / static_cast<double>(selected.size()));
  }

  const Graph& graph_;
  const std::vector<Value> tokens_;
  const bool causal_;
  std::map<NodeId, std::vector<Element>> sequences_;
};

}  // namespace rasp::testing
