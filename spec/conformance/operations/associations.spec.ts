import { DataTypes } from 'sequelize';
import type { Model, Sequelize } from 'sequelize';

import { withAudit } from '../../../lib';
import { onEveryDatabase } from '../../support/stage';

const models = (sequelize: Sequelize) => {
  const plain = { timestamps: false };
  const User = withAudit(sequelize.define('User', { name: DataTypes.STRING }, plain));
  const Profile = withAudit(sequelize.define('Profile', { text: DataTypes.STRING }, plain));
  const Post = withAudit(sequelize.define('Post', { title: DataTypes.STRING }));
  const Tag = withAudit(sequelize.define('Tag', { name: DataTypes.STRING }, plain));
  // Its key is that of the rows it joins; belongsToMany sees to that, after it is audited.
  const PostTag = withAudit(sequelize.define('PostTag', { weight: DataTypes.INTEGER }));
  const Draft = withAudit(sequelize.define('Draft', { text: DataTypes.STRING }));
  User.hasOne(Profile);
  Profile.belongsTo(User);
  User.hasMany(Post, { as: 'posts', foreignKey: 'authorId' });
  Post.belongsTo(User, { as: 'author' });
  Post.belongsToMany(Tag, { through: PostTag, as: 'tags' });
  Tag.belongsToMany(Post, { through: PostTag, as: 'posts' });
  User.hasMany(Draft, { as: 'drafts', onDelete: 'CASCADE', hooks: true });
  return { User, Profile, Post, Tag, PostTag, Draft };
};

/** The methods that associations put on instances, which Sequelize does not declare for define(). */
type Mixed = Record<string, (...args: unknown[]) => Promise<Model>>;
const mixed = (instance: Model): Mixed => instance as unknown as Mixed;

onEveryDatabase('associations', models, (stage) => {
  it('hasOne: create, set, set another, set null', async () => {
    const { User, Profile } = stage.models;
    const user = await User.create({ name: 'a' });
    await mixed(user).createProfile!({ text: 'first' });
    const other = await Profile.create({ text: 'second' });
    // The first loses its user.
    await mixed(user).setProfile!(other);
    await mixed(user).setProfile!(null);
    await stage.check({ created: 3, updated: 3 });
  });

  it('belongsTo: set, set the same, set null, create', async () => {
    const { User, Post } = stage.models;
    const user = await User.create({ name: 'a' });
    const post = await Post.create({ title: 't' });
    await mixed(post).setAuthor!(user);
    await mixed(post).createAuthor!({ name: 'b' });
    await mixed(post).setAuthor!(null);
    await stage.check({ created: 3, updated: 3 });
  });

  it('hasMany: add, set, remove, create', async () => {
    const { User, Post } = stage.models;
    const user = await User.create({ name: 'a' });
    const posts = await Post.bulkCreate(['1', '2', '3', '4'].map((title) => ({ title })));
    await mixed(user).addPost!(posts[0]);
    await mixed(user).addPosts!([posts[1], posts[2]]);
    // The first two lose their author, the last gets one.
    await mixed(user).setPosts!([posts[2], posts[3]]);
    await mixed(user).removePost!(posts[2]);
    await mixed(user).removePosts!([posts[3]]);
    await mixed(user).createPost!({ title: '5' });
    await stage.check({ created: 6, updated: 8 });
  });

  it('belongsToMany: add, add again, set, remove, create', async () => {
    const { Post, Tag } = stage.models;
    const post = await Post.create({ title: 't' });
    const tags = await Tag.bulkCreate(['a', 'b', 'c', 'd'].map((name) => ({ name })));
    await mixed(post).addTag!(tags[0]);
    await mixed(post).addTag!(tags[0]);
    await mixed(post).addTags!([tags[0], tags[1]]);
    await mixed(post).setTags!([tags[1], tags[2], tags[3]]);
    await mixed(post).removeTag!(tags[1]);
    await mixed(post).removeTags!([tags[2], tags[3]]);
    await mixed(post).createTag!({ name: 'e' });
    await mixed(tags[0]!).addPost!(post);
    await stage.check({ created: 12, deleted: 4 });
  });

  it('belongsToMany: attributes of the joining row', async () => {
    const { Post, Tag } = stage.models;
    const post = await Post.create({ title: 't' });
    const tags = await Tag.bulkCreate([{ name: 'a' }, { name: 'b' }]);
    await mixed(post).addTag!(tags[0], { through: { weight: 1 } });
    await mixed(post).addTag!(tags[0], { through: { weight: 2 } });
    await mixed(post).setTags!(tags, { through: { weight: 3 } });
    await mixed(post).createTag!({ name: 'c' }, { through: { weight: 4 } });
    await mixed(post).setTags!([]);
    await stage.check({ created: 7, updated: 2, deleted: 3 });
  });

  it('rows made together with what belongs to them', async () => {
    const { User, Profile } = stage.models;
    await User.create(
      { name: 'a', Profile: { text: 'p' }, posts: [{ title: '1', tags: [{ name: 'x' }, { name: 'y' }] }, { title: '2' }] },
      { include: [Profile, { association: 'posts', include: ['tags'] }] },
    );
    await stage.models.Post.create({ title: '3', author: { name: 'b' } }, { include: ['author'] });
    await stage.check({ created: 10 });
  }); // prettier-ignore

  it('a row saved with what belongs to it, which Sequelize leaves alone', async () => {
    const { User } = stage.models;
    const user = await User.create({ name: 'a', posts: [{ title: '1' }] }, { include: ['posts'] });
    const found = await User.findByPk(user.get('id') as number, { include: ['posts'] });
    (found!.get('posts') as Model[])[0]!.set('title', '2');
    found!.set('name', 'b');
    await found!.save();
    await stage.check({ created: 2, updated: 1 });
  }); // prettier-ignore

  it('rows that Sequelize deletes because they depend on another', async () => {
    const { User } = stage.models;
    const user = await User.create({ name: 'a', drafts: [{ text: '1' }, { text: '2' }] }, { include: ['drafts'] });
    await user.destroy();
    await stage.check({ created: 3, deleted: 3 });
  }); // prettier-ignore

  it('all of it in a transaction, and in one that is rolled back', async () => {
    const { Post, Tag } = stage.models;
    const [post, tag] = [await Post.create({ title: 't' }), await Tag.create({ name: 'a' })];
    await stage.sequelize.transaction(async (transaction) => {
      await mixed(post).addTag!(tag, { transaction });
      await mixed(post).setTags!([], { transaction });
      await mixed(post).createTag!({ name: 'b' }, { transaction });
    });
    const transaction = await stage.sequelize.transaction();
    await mixed(post).setTags!([tag], { transaction });
    await mixed(post).createAuthor!({ name: 'x' }, { transaction });
    await transaction.rollback();
    await stage.check({ created: 5, deleted: 1 });
  });
});
