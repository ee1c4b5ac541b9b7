#include "rasp/names.h"

#include <algorithm>
#include <unordered_map>

namespace rasp {
namespace {

constexpr std::uint32_t everywhere = 0xffffffffu;

// The comment lines directly above the line where a statement begins; pragmas are no documentation.
std::string comment_above(std::string_view text, std::uint32_t begin) {
  std::vector<std::string_view> lines;
  std::size_t first = begin;  // of its line; lines may be long, so no further back than to another statement
  while (first > 0 && (text[first - 1] == ' ' || text[first - 1] == '\t')) --first;
  if (first == 0 || text[first - 1] != '\n') return {};
  std::size_t end = first - 1;
  while (end != std::string_view::npos) {
    const std::size_t before = end == 0 ? std::string_view::npos : text.rfind('\n', end - 1);
    const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
    std::string_view line = text.substr(start, end - start);
    const std::size_t hash = line.find_first_not_of(" \t\r");
    if (hash == std::string_view::npos || line[hash] != '#' || line.substr(hash).starts_with("#@") ||
        line.substr(hash).starts_with("#!"))
      break;
    line.remove_prefix(hash + 1);
    if (line.starts_with(" ")) line.remove_prefix(1);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    lines.push_back(line);
    end = before;
  }
  std::string out;
  for (std::size_t i = lines.size(); i-- > 0;) out += std::string(lines[i]) + (i ? "\n" : "");
  return out;
}

class Resolver {
 public:
  explicit Resolver(const NameSources& sources) : sources_(sources) {}

  Names run() {
    open({}, -1, false);
    statements(sources_.program, 0);
    if (sources_.output) expression(*sources_.output, 0, everywhere);
    for (const auto& [name, span] : sources_.mentioned) pending_.push_back({&name, span, 0, everywhere});
    for (const Pending& p : pending_) resolve(p);
    const auto by_position = [](const auto& a, const auto& b) { return a.span.begin < b.span.begin; };
    std::stable_sort(names_.references.begin(), names_.references.end(), by_position);
    for (const Reference& r : names_.references) {
      if (r.symbol >= 0) names_.symbols[static_cast<std::size_t>(r.symbol)].uses.push_back(r.span);
    }
    return std::move(names_);
  }

 private:
  struct Binding {
    Span name;
    std::uint32_t from;
  };  // `from`: the offset from which the scope's own code sees it
  struct Pending {
    const std::string* name;
    Span span;
    std::uint32_t scope, at;
  };

  std::uint32_t open(Span span, std::int32_t parent, bool function) {
    names_.scopes.push_back({span, parent, function});
    tables_.emplace_back();
    return static_cast<std::uint32_t>(names_.scopes.size() - 1);
  }

  Symbol& bind(std::uint32_t scope, const std::string& name, Span span, std::uint32_t from, SymbolKind kind) {
    const auto [it, fresh] = tables_[scope].try_emplace(name, static_cast<std::uint32_t>(names_.symbols.size()));
    if (fresh) {
      names_.symbols.push_back({name, kind, scope, {}, {}, {}, {}});
      bindings_.emplace_back();
    }
    Symbol& s = names_.symbols[it->second];
    s.definitions.push_back(span);
    bindings_[it->second].push_back({span, from});
    if (s.kind == SymbolKind::Loaded && kind != SymbolKind::Loaded) s.kind = kind;
    return s;
  }

  void document(Symbol& s, const Statement& statement) {
    if (s.doc.empty()) s.doc = comment_above(sources_.text, statement.span.begin);
  }

  void statements(const std::vector<Statement>& list, std::uint32_t scope) {
    for (const Statement& s : list) {
      switch (s.kind) {
        case Statement::Kind::Def: function(s, scope); break;
        case Statement::Kind::For:
          values(s, scope);
          for (std::size_t i = 0; i < s.names.size(); ++i)
            bind(scope, s.names[i], s.name_spans[i], s.open.begin, SymbolKind::Loop);
          statements(s.body, scope);
          break;
        case Statement::Kind::Assign:
          values(s, scope);
          for (std::size_t i = 0; i < s.names.size(); ++i)
            document(bind(scope, s.names[i], s.name_spans[i], s.span.end, SymbolKind::Variable), s);
          break;
        case Statement::Kind::Load:
          if (const auto* file = sources_.loaded ? sources_.loaded(s) : nullptr) exports(*file, scope, s.span.end, 0);
          break;
        case Statement::Kind::Failed:
          values(s, scope);
          statements(s.body, scope);
          break;
        default: values(s, scope);
      }
    }
  }

  void function(const Statement& s, std::uint32_t scope) {
    Symbol& symbol = bind(scope, s.names[0], s.name_spans[0], s.span.end, SymbolKind::Function);
    symbol.kind = SymbolKind::Function;
    symbol.signature = s.names[0] + "(";
    for (std::size_t i = 1; i < s.names.size(); ++i) symbol.signature += (i > 1 ? ", " : "") + s.names[i];
    symbol.signature += ")";
    document(symbol, s);
    const std::uint32_t inner =
        open({s.name_spans[0].end, s.span.end, s.span.file}, static_cast<std::int32_t>(scope), true);
    for (std::size_t i = 1; i < s.names.size(); ++i) bind(inner, s.names[i], s.name_spans[i], 0, SymbolKind::Parameter);
    statements(s.body, inner);
    values(s, inner);
  }

  // What a loaded file hands to the scope that loads it.
  void exports(const std::vector<Statement>& list, std::uint32_t scope, std::uint32_t from, int depth) {
    for (const Statement& s : list) {
      if (s.kind == Statement::Kind::Exit) return;
      if (s.kind == Statement::Kind::Load && depth < 20) {
        if (const auto* file = sources_.loaded(s)) exports(*file, scope, from, depth + 1);
      }
      if (s.kind == Statement::Kind::For) exports(s.body, scope, from, depth);
      if (s.kind != Statement::Kind::Assign && s.kind != Statement::Kind::Def && s.kind != Statement::Kind::For)
        continue;
      const std::size_t count = s.kind == Statement::Kind::Def ? 1 : s.names.size();
      for (std::size_t i = 0; i < count; ++i) {
        if (s.names[i].starts_with("_")) continue;
        Symbol& symbol = bind(scope, s.names[i], s.name_spans[i], from, SymbolKind::Loaded);
        if (s.kind != Statement::Kind::Def || !symbol.signature.empty()) continue;
        symbol.signature = s.names[0] + "(";
        for (std::size_t k = 1; k < s.names.size(); ++k) symbol.signature += (k > 1 ? ", " : "") + s.names[k];
        symbol.signature += ")";
      }
    }
  }

  void values(const Statement& s, std::uint32_t scope) {
    for (const auto& e : s.values) expression(*e, scope, 0);
  }

  // Without recursion: chains of operators are deep trees. `at`: where the uses stand; 0: where they are written.
  void expression(const Expr& root, std::uint32_t scope, std::uint32_t at) {
    std::vector<std::pair<const Expr*, std::uint32_t>> work{{&root, scope}};
    while (!work.empty()) {
      const auto [e, in] = work.back();
      work.pop_back();
      if (e->kind == Expr::Kind::Name) pending_.push_back({&e->text, e->span, in, at ? at : e->span.begin});
      std::uint32_t inner = in;
      const bool comprehension = e->kind == Expr::Kind::ListComprehension || e->kind == Expr::Kind::DictComprehension;
      if (comprehension) {
        inner = open(e->span, static_cast<std::int32_t>(in), false);
        for (std::size_t i = 0; i < e->names.size(); ++i)
          bind(inner, e->names[i], e->name_spans[i], 0, SymbolKind::Comprehension);
      }
      for (std::size_t i = 0; i < e->children.size(); ++i) {
        work.emplace_back(e->children[i].get(), comprehension && i + 1 < e->children.size() ? inner : in);
      }
    }
  }

  // A scope's own code sees what is bound before it; the body of a function sees whatever is bound around it when it
  // runs.
  void resolve(const Pending& p) {
    Reference r{p.span, *p.name, -1, {}};
    bool later = false;
    for (std::int32_t scope = static_cast<std::int32_t>(p.scope); scope >= 0;
         scope = names_.scopes[static_cast<std::size_t>(scope)].parent) {
      const auto& table = tables_[static_cast<std::size_t>(scope)];
      if (const auto it = table.find(*p.name); it != table.end()) {
        const auto& all = bindings_[it->second];
        // The last one bound before; they stand in the order of `from`.
        const auto after = std::upper_bound(all.begin(), all.end(), p.at,
                                            [](std::uint32_t at, const Binding& b) { return at < b.from; });
        const Binding* best = after == all.begin() ? nullptr : &*(after - 1);
        if (best || later || r.symbol < 0) {
          r.symbol = static_cast<std::int32_t>(it->second);
          r.definition = (best ? best : &all.front())->name;
        }
        if (best || later) break;
      }
      later = later || names_.scopes[static_cast<std::size_t>(scope)].function;
    }
    names_.references.push_back(std::move(r));
  }

  const NameSources& sources_;
  Names names_;
  std::vector<std::unordered_map<std::string, std::uint32_t>> tables_;  // by scope: name → symbol
  std::vector<std::vector<Binding>> bindings_;                          // by symbol
  std::vector<Pending> pending_;
};

}  // namespace

Names resolve_names(const NameSources& sources) { return Resolver(sources).run(); }

}  // namespace rasp
