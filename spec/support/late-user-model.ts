import type { Model, ModelStatic } from 'sequelize';

import type { UserModel } from '../../lib';

/** A user model for a trail that is configured before its models are defined; it is the holder's, once it has one. */
export function lateUserModel(): { holder: { User?: ModelStatic<Model> }; userModel: UserModel } {
  const holder: { User?: ModelStatic<Model> } = {};
  const userModel: UserModel = {
    name: 'User',
    primaryKeyAttribute: 'id',
    findByPk: (key) => holder.User!.findByPk(key),
    findAll: (options) => holder.User!.findAll(options),
  };
  return { holder, userModel };
}
