package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/adminsocket"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/sealing"
)

// What goes over the admin socket about sealing keys. Secret halves and the master key never do.
type (
	newSealing struct {
		Roles  []event.Role `json:"roles"`
		Matter string       `json:"matter,omitempty"`
	}
	sealingInfo struct {
		ID        string       `json:"id"`
		Roles     []event.Role `json:"roles"`
		Matter    string       `json:"matter,omitempty"`
		Published uint64       `json:"published"`
		State     string       `json:"state"` // destroyed, opens, or why this node cannot open with it
	}
)

// sealingOptions are the flags of anjian sealing-key.
type sealingOptions struct {
	dir, master string
	engine      *engines.Settings
	roles       []string
	matter      string
	list        bool
	newMaster   string
}

func newSealingKey() *cobra.Command {
	o := sealingOptions{engine: engines.NewSettings()}
	cmd := &cobra.Command{
		Use:   "sealing-key --role ROLE[,ROLE] [--matter ID]",
		Short: "Make or list the keys for which texts are sealed / 生成、列出密封密钥",
		Long: `Makes a key for which devices and the server seal texts that must be able to disappear, such as
who reported a tip, and prints its id. The public half becomes an entry of the ledger, which says
who asked. The secret half is wrapped by the master key and kept beside the evidence, so that every
node that has the evidence can open with it. The roles that are named may open; with --matter the key
is of that matter alone, and is destroyed with it.

The master key is a file (mode 0600) that --new-master makes, once. Give every node of a ledger the
same one, and keep a copy apart from all backups of the data: docs/sealed.md says why.

When a server runs on the data directory, the command asks it over its socket, DIR/admin.sock; that
server needs the master key. Otherwise it opens the ledger itself, with the same flags as serve.`,
		Example: `  anjian sealing-key --new-master /etc/anjian/sealing-master.key
  anjian serve --sealing-master /etc/anjian/sealing-master.key
  anjian sealing-key --role discipline-commission
  anjian sealing-key --role supervision-office,discipline-commission --matter tip-2026-17`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), cmd.OutOrStdout()) },
	}
	f := cmd.Flags()
	f.StringVar(&o.dir, "data", "data", "data directory of the ledger")
	addEngines(f, o.engine, true)
	masterFlag(f, &o.master)
	f.StringSliceVar(&o.roles, "role", nil, "roles that may open")
	f.StringVar(&o.matter, "matter", "", "id of the matter that the key is for")
	f.BoolVar(&o.list, "list", false, "list every key instead, and whether this node can open with it")
	f.StringVar(&o.newMaster, "new-master", "", "make this file with a new master key instead")
	cmd.MarkFlagsMutuallyExclusive("role", "list", "new-master")
	cmd.MarkFlagsOneRequired("role", "list", "new-master")
	return cmd
}

func (o *sealingOptions) run(ctx context.Context, out io.Writer) (err error) {
	if o.newMaster != "" {
		if err := sealing.CreateMaster(o.newMaster); err != nil {
			return err
		}
		_, err := fmt.Fprintf(out, "%s\nKeep a copy apart from all backups of the data; without it what is sealed opens nowhere.\n"+
			"请将副本与数据备份分开保存；没有它，密封内容无法拆封。\n", o.newMaster)
		return err
	}
	d, closeDesk, err := o.desk(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeDesk()) }()
	if o.list {
		all, err := d.list(ctx)
		if err != nil {
			return err
		}
		return printSealing(out, all)
	}
	in := newSealing{Matter: o.matter}
	for _, r := range o.roles {
		in.Roles = append(in.Roles, event.Role(strings.TrimSpace(r)))
	}
	k, err := d.make(ctx, in)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, k.ID)
	return err
}

// sealingDesk is where sealing keys are made.
type sealingDesk interface {
	make(context.Context, newSealing) (sealingInfo, error)
	list(context.Context) ([]sealingInfo, error)
}

// desk is the server that runs, or the ledger itself.
func (o *sealingOptions) desk(ctx context.Context) (sealingDesk, func() error, error) {
	n, closeDesk, err := atTheMachine(ctx, o.dir, o.engine, func(cfg *node.Config) (err error) {
		cfg.Sealing, err = masterOf(cfg.Dir, o.master)
		return err
	})
	if err != nil || n == nil {
		return sealingSocket(o.dir), closeDesk, err
	}
	return &nodeSealing{n, identity.Self()}, closeDesk, nil
}

// nodeSealing is the ledger itself, asked by a process.
type nodeSealing struct {
	n  *node.Node
	by *token.Process
}

func (d *nodeSealing) make(ctx context.Context, in newSealing) (sealingInfo, error) {
	for _, r := range in.Roles {
		if !identity.Can(r, identity.OpenSealed) {
			return sealingInfo{}, fmt.Errorf("role %q may open nothing that is sealed; roles that may: %v", r, openers())
		}
	}
	k, err := d.n.PublishSealingKey(ctx, d.n.Keeper, in.Roles, in.Matter, d.by)
	if errors.Is(err, sealing.ErrNoMaster) {
		err = fmt.Errorf("%w: make one with --new-master FILE, and start the server with --sealing-master FILE", err)
	}
	if err != nil {
		return sealingInfo{}, err
	}
	return d.info(ctx, &k), nil
}

func openers() []event.Role {
	return slices.DeleteFunc(slices.Clone(event.Roles), func(r event.Role) bool { return !identity.Can(r, identity.OpenSealed) })
}

func (d *nodeSealing) list(ctx context.Context) ([]sealingInfo, error) {
	out := []sealingInfo{}
	for _, k := range d.n.Sealing.Keys() {
		out = append(out, d.info(ctx, &k))
	}
	return out, nil
}

func (d *nodeSealing) info(ctx context.Context, k *sealing.Key) sealingInfo {
	state := "opens"
	if k.Destroyed != nil {
		state = fmt.Sprintf("destroyed by entry %d", *k.Destroyed)
	} else if err := d.n.Keeper.Check(ctx, k); err != nil {
		state = err.Error()
	}
	return sealingInfo{ID: k.ID, Roles: k.Roles, Matter: k.Matter, Published: k.Published, State: state}
}

// sealingSocket asks the server that runs on a data directory.
type sealingSocket string

func (dir sealingSocket) make(ctx context.Context, in newSealing) (k sealingInfo, err error) {
	err = adminsocket.Call(ctx, string(dir), "POST", "/sealing-keys", in, &k)
	return k, err
}

func (dir sealingSocket) list(ctx context.Context) (all []sealingInfo, err error) {
	err = adminsocket.Call(ctx, string(dir), "GET", "/sealing-keys", nil, &all)
	return all, err
}

func printSealing(out io.Writer, all []sealingInfo) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KEY\tPUBLISHED AT\tROLES\tMATTER\tSTATE")
	for _, k := range all {
		fmt.Fprintf(w, "%s\t%d\t%v\t%s\t%s\n", k.ID, k.Published, k.Roles, k.Matter, k.State)
	}
	return w.Flush()
}

// masterName is the master key's file among the keys of a data directory.
const masterName = "sealing-master.key"

// masterOf opens the master keys: of the file that is named, else of the one among the keys of d, if there is one.
func masterOf(d datadir.Dir, path string) (sealing.Wrapper, error) {
	if path == "" {
		path = filepath.Join(d.Keys(), masterName)
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return nil, nil
		}
	}
	m, err := sealing.OpenMaster(path)
	if err != nil {
		return nil, fmt.Errorf("--sealing-master: %w", err)
	}
	return m, nil
}

// atTheMachine opens the ledger of a directory for a command, or returns nil when a server runs on it, which is to be
// asked then.
func atTheMachine(ctx context.Context, path string, engine *engines.Settings, more func(*node.Config) error) (
	*node.Node, func() error, error,
) {
	none := func() error { return nil }
	dir, err := existing(path)
	if err != nil {
		return nil, none, err
	}
	err = adminsocket.Call(ctx, path, "GET", "/", nil, nil)
	if err == nil {
		return nil, none, nil
	}
	if !errors.Is(err, adminsocket.ErrNoServer) {
		return nil, none, err
	}
	log := newLogger(os.Stderr, slog.LevelWarn)
	cfg := node.Config{Dir: dir, Logger: log, ScrubEvery: -1, MustExist: true}
	if cfg.Engine, err = engineOf(dir, engine, log); err != nil {
		return nil, none, err
	}
	if err := more(&cfg); err != nil {
		return nil, none, err
	}
	n, err := node.Open(ctx, cfg)
	if errors.Is(err, node.ErrNoLedger) {
		err = fmt.Errorf("%w: anjian serve makes one, this command does not", err)
	}
	if err != nil {
		return nil, none, err
	}
	return n, func() error { return n.Close(context.WithoutCancel(ctx)) }, nil
}
